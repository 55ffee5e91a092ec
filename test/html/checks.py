"""What an HTML report has to show, computed from its JSON."""

import math

RETURN, ESCAPE, RIGHT, DOWN = "\ue007", "\ue00c", "\ue014", "\ue015"
PREFIXES = ["y", "z", "a", "f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E", "Z", "Y"]
VIEWS = [
    "overview", "compare", "serving", "sweep", "training", "modules", "roofline", "joules", "memory", "graph", "ops", "suggestions", "notes",
    "coverage", "sources",
]


def si(value, unit):
    """Three significant digits and a prefix, as lib/Report/Format.cpp has it."""
    if value == 0:
        return f"0 {unit}".strip()
    index = min(16, max(0, math.floor(math.log10(float(f"{abs(value):.2e}")) / 3 + 1e-9) + 8))
    scaled = value / 10.0 ** ((index - 8) * 3)
    decimals = max(0, 2 - math.floor(math.log10(abs(scaled))))
    return f"{scaled:.{decimals}f} {PREFIXES[index]}{unit}".strip()


def same(shown, expected):
    shown = shown.replace("\u00a0", " ").replace("\u202f", "").strip()
    assert shown == expected, f"shown {shown!r}, expected {expected!r}"


class Page:
    def __init__(self, browser, report):
        self.browser, self.report = browser, report
        self.rows = [op for op in report["ops"] if op["status"] not in ("static", "left_out")]

    def text(self, selector):
        return self.browser.run("return document.querySelector(arguments[0]).textContent", selector)

    def texts(self, selector):
        return self.browser.run("return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector)

    def click(self, selector):
        self.browser.run("document.querySelector(arguments[0]).click()", selector)

    def choose(self, selector, value):
        self.browser.run(
            "const e = document.querySelector(arguments[0]); e.value = arguments[1];"
            "e.dispatchEvent(new Event(e.tagName === 'SELECT' ? 'change' : 'input', {bubbles: true}))",
            selector, value,
        )

    def chart(self, view):
        return self.browser.run(
            "const c = Chart.getChart(document.querySelector(arguments[0] + ' canvas'));"
            "return c.data.datasets.map(d => ({label: d.label, roof: Boolean(d.roof),"
            "  data: d.data.map(p => typeof p === 'number' ? p : [p.x, p.y])}))",
            "#" + view,
        )

    # Each view -----------------------------------------------------------

    def overview(self, target):
        same(self.text("#overview .card .figure"), si(target["energy_j"]["value"], "J"))
        figures = self.texts("#overview .card .figure")
        same(figures[1], si(target["latency_s"]["value"], "s"))
        same(figures[2], si(target["carbon_g"]["value"], "g"))
        same(figures[3], si(target["facility_j"], "J"))
        assert target["name"] in self.text("#overview .verdict")
        rows = self.browser.run(
            "return [...document.querySelectorAll('#overview .targets tbody tr')].map(r => [...r.cells].map(c => (c.tagName === 'TH' ? c.firstChild : c).textContent))"
        )
        assert [row[0] for row in rows] == [t["name"] for t in self.report["targets"]]
        for row, each in zip(rows, self.report["targets"]):
            same(row[1], si(each["energy_j"]["value"], "J"))
            same(row[3], si(each["latency_s"]["value"], "s"))
        for assumption in self.report["model"]["assumptions"][:5]:
            assert assumption in self.text("#overview")

    def modules(self, target):
        labels = self.texts("#modules .tile")
        assert labels or not target["energy_j"]["value"]
        listed = self.browser.run(
            "return [...document.querySelectorAll('#modules tbody tr')].map(r => [r.cells[0].textContent, r.cells[2].textContent])"
        )
        # What is listed at the top adds up to the total, to three digits each.
        units = {prefix: 10.0 ** ((i - 8) * 3) for i, prefix in enumerate(PREFIXES)}
        total = 0.0
        for _, energy in listed:
            number, unit = energy.replace("\u00a0", " ").split(" ")
            total += float(number) * units[unit[:-1]]
        assert abs(total - target["energy_j"]["value"]) < 0.006 * target["energy_j"]["value"], (total, target["energy_j"])
        if self.browser.run("return Boolean(document.querySelector('#modules .tile.group'))"):
            self.click("#modules .tile.group")
            assert len(self.texts("#modules .trail button")) >= 1, "a module opens"
            self.click("#modules .trail button")
        self.choose("#modules select", "type")
        kinds = {op["op"] if op["domain"] in ("", "ai.onnx") else f"{op['domain']}::{op['op']}" for op in self.rows}
        assert set(self.texts("#modules tbody tr th")) <= kinds | {"(static)", "(others)"}

    def roofline(self, target):
        kernels = {}
        for op in self.rows:
            cost = op["targets"][target["name"]]
            if cost["kernel"] is None:
                continue
            sums = kernels.setdefault(cost["kernel_id"], [0, 0, 0])
            for i, part in enumerate((op["flops"] + op["int_ops"], cost["latency_s"], cost["dram_bytes"])):
                sums[i] += part
        points = [(n / b, n / t) for n, t, b in kernels.values() if n and t > 0 and b > 0]
        if not points:
            assert "No kernel" in self.text("#roofline")
            return
        sets = self.chart("roofline")
        drawn = sorted(tuple(p) for s in sets if not s["roof"] for p in s["data"])
        assert len(drawn) == len(points)
        for (x, y), (px, py) in zip(drawn, sorted(points)):
            assert math.isclose(x, px, rel_tol=1e-9) and math.isclose(y, py, rel_tol=1e-9)
        sheet = self.report["sheets"][target["name"]]["quantities"]
        peaks = {q["value"] * 1e12 for key, q in sheet.items() if ".peak_tera_ops." in key and key.split(".")[0] in ("matrix", "vector")}
        roofs = {s["data"][-1][1] for s in sets if s["roof"]}
        assert roofs == peaks, (roofs, peaks)

    def joules(self, _):
        for row, target in zip(
            self.browser.run("return [...document.querySelectorAll('#joules tbody tr')].map(r => [...r.cells].map(c => c.firstChild.textContent))"),
            self.report["targets"],
        ):
            parts = target["breakdown_j"]
            for shown, expected in zip(row[1:5], (parts["compute"], parts["dram"], parts["onchip"], parts["static"])):
                same(shown, si(expected, "J"))
            same(row[5], si(target["host_j"]["value"], "J"))
            same(row[7], si(target["facility_j"], "J"))
        for i in range(len(self.report["targets"])):
            assert math.isclose(sum(s["data"][i] for s in self.chart("joules")), 100, rel_tol=1e-6)
        self.choose("#joules select", "joule")
        for i, target in enumerate(self.report["targets"]):
            assert math.isclose(sum(s["data"][i] for s in self.chart("joules")), target["facility_j"], rel_tol=1e-6)

    def memory(self, _):
        alive = [op["live_bytes"] for op in self.rows if op["count"]]
        if not alive or not max(alive):
            return
        (curve,) = self.chart("memory")
        assert [y for _, y in curve["data"]] == alive
        assert max(alive) == self.report["totals"]["peak_activation_bytes"]

    def graph(self, _):
        assert self.browser.run("const c = document.querySelector('#graph canvas'); return c.width > 0 && c.height > 0")
        assert self.browser.run(
            "const c = document.querySelector('#graph canvas');"
            "const colors = new Set(new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer));"
            "return colors.size > 1"
        ), "something is drawn"
        scale = "return document.querySelector('#graph canvas').__zoom.k"
        before = self.browser.run(scale)
        self.click("#graph .buttons button:nth-child(2)")
        assert self.browser.run(scale) > before, "zoomed in"
        self.click("#graph .buttons button:nth-child(3)")
        assert math.isclose(self.browser.run(scale), before, rel_tol=1e-6), "the whole again"
        wanted = self.rows[-1]["op"]
        self.choose("#graph input", wanted)
        found = [op for op in self.rows if wanted.lower() in op["name"].lower() or wanted.lower() in op["op"].lower()]
        assert self.text("#graph .tools [role=status]").replace("\u202f", "").split(" ")[0] == str(len(found))
        self.browser.run("document.querySelector('#graph canvas').focus()")
        self.browser.keys(RIGHT, RETURN)
        assert self.text("#details-title") == self.rows[0]["name"], "arrow keys and Enter reach the first op"
        self.browser.keys(ESCAPE)
        assert not self.browser.run("return document.getElementById('details').open")

    def first_row(self):
        return self.browser.run("return [...document.querySelector('#ops tbody tr').cells].map(c => c.textContent)")

    def ops(self, target):
        energy = lambda op: op["targets"][target["name"]]["energy_j"]
        same(self.first_row()[8], si(max(map(energy, self.rows)), "J"))
        assert self.browser.run("return document.querySelector('#ops th[aria-sort]').textContent").startswith("Energy")
        self.click("#ops button[data-key=macs]")
        most = max(op["macs"] for op in self.rows)
        assert any(op["macs"] == most and op["name"] == self.first_row()[1] for op in self.rows)
        self.click("#ops button[data-key=macs]")
        least = min(op["macs"] for op in self.rows)
        assert any(op["macs"] == least and op["name"] == self.first_row()[1] for op in self.rows)
        self.click("#ops button[data-key=place]")
        self.click("#ops button[data-key=place]")
        assert self.first_row()[1] == self.rows[0]["name"]
        if len(self.rows) > 50:
            self.click("#ops .pages button:nth-of-type(3)")
            assert self.first_row()[1] == self.rows[50]["name"], "the second page"
        wanted = self.rows[0]["op"].lower()
        found = [op for op in self.rows if wanted in op["name"].lower() or wanted in op["op"].lower()
                 or wanted in (op["targets"][target["name"]]["kernel"] or "").lower()]
        self.choose("#ops input", wanted)
        assert self.text("#ops .tools [role=status]").replace("\u202f", "").split(" ")[0] == str(len(found))
        self.choose("#ops input", "no such op anywhere")
        assert "No op matches" in self.text("#ops tbody")
        self.choose("#ops input", "")
        self.click("#ops tbody th button")
        assert self.text("#details-title") == self.first_row()[1]
        self.click("#details .dialog-head button")

    def suggestions(self, _):
        assert len(self.texts("#suggestions .plan")) == len(self.report["plans"])
        ids = self.texts("#suggestions .suggestions .id")
        assert ids == [s["id"] for s in self.report["suggestions"]]

    def coverage(self, _):
        shown = self.texts("#coverage tbody tr td:nth-of-type(1)")[:4]
        expected = [self.report["coverage"][key] for key in ("modelled", "free", "bounded", "unmodelled")]
        assert [int(text.replace("\u202f", "")) for text in shown] == expected

    def sources(self, _):
        rows = len(self.texts("#sources tbody tr"))
        sheets = self.report["sheets"].values()
        assert rows == sum(len(s["quantities"]) + len(s["constants"]) for s in sheets)


def check_layout(browser):
    """Nothing sticks out of the page, neither narrow nor broad."""
    for width in (360, 1400):
        browser.size(width, 1000)
        # The observers of sizes answer with the next frames.
        browser.run_async("const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))")
        assert browser.run("return document.documentElement.scrollWidth") <= width, f"{width} px are enough"


def check_theme(browser):
    ground = "return getComputedStyle(document.body).backgroundColor"
    before = browser.run(ground)
    browser.run("document.getElementById('theme').click()")
    browser.ready()
    assert browser.run(ground) != before, "the theme changes"


def check_page(browser, report):
    page = Page(browser, report)
    sections = browser.run("return [...document.querySelectorAll('main > section')].map(s => s.id)")
    assert sections == VIEWS, sections
    for target in report["targets"]:
        page.choose("#pickers select", target["name"])
        browser.ready()
        for view in VIEWS:
            if hasattr(page, view):
                getattr(page, view)(target)
    check_theme(browser)
    check_layout(browser)
    times = browser.run(
        "return ['interactive', 'ready'].map(m => Math.round(performance.getEntriesByName(m)[0].startTime))"
    )
    return f"interactive after {times[0]} ms, all drawn after {times[1]} ms"


def check_pair(browser, reports):
    """Two models in one page: the selector, and side by side."""
    first, second = (Page(browser, report) for report in reports)
    target = reports[0]["targets"][0]
    first.overview(target)
    first.choose("#pickers select", "1")
    browser.ready()
    second.overview(reports[1]["targets"][0])
    first.choose("#pickers select", "0")
    first.choose("#pickers .field:nth-child(2) select", "1")
    browser.ready()
    assert len(first.texts("#ops .columns > .column")) == 2
    cells = browser.run("return [...document.querySelectorAll('#compare tbody tr')].map(r => [...r.cells].map(c => c.textContent))")
    energy = next(row for row in cells if row[0] == "Energy")
    a, b = (report["targets"][0]["energy_j"]["value"] for report in reports)
    same(energy[1], si(a, "J"))
    same(energy[2], si(b, "J"))
    same(energy[3], f"{'+' if b > a else '−'}{abs(100 * (b / a - 1)):.1f} %")
    check_layout(browser)


def check_beside(browser, diff):
    """The page of `energy-opt diff`: both models side by side from the start."""
    assert browser.run("return document.querySelectorAll('#ops .columns > .column').length") == 2
    cells = browser.run("return [...document.querySelectorAll('#compare tbody tr')].map(r => [...r.cells].map(c => c.textContent))")
    energy = next(row for row in cells if row[0] == "Energy")
    same(energy[1], si(diff["targets"][0]["energy_j"]["base"], "J"))
    same(energy[2], si(diff["targets"][0]["energy_j"]["new"], "J"))
    check_layout(browser)


def check_offline(browser):
    """The policy of the page refuses all connections."""
    refused = browser.run_async(
        "const done = arguments[0];"
        "document.addEventListener('securitypolicyviolation', event => done(event.effectiveDirective), {once: true});"
        "fetch('http://127.0.0.1:9/').catch(() => {});"
    )
    assert refused == "connect-src", refused
