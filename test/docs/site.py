#!/usr/bin/env python3
"""Builds the documentation's site and follows its links: site.py FOLDER

Strictly, so that a page outside of the nav or a link to nowhere fails; then every
link of every page leads to a file and an anchor that are there, and nothing is
loaded from elsewhere."""

import html.parser
import pathlib
import shutil
import subprocess
import sys
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOADS = {"script": "src", "img": "src", "link": "href", "iframe": "src"}


class Page(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.links, self.anchors, self.loads = [], set(), []
        self.feed(path.read_text())

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.anchors |= {values[key] for key in ("id", "name") if values.get(key)}
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        if tag in LOADS and values.get(LOADS[tag]) and values.get("rel") != "canonical":
            self.loads.append(values[LOADS[tag]])


def main(folder):
    folder = pathlib.Path(folder).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    done = subprocess.run(["mkdocs", "build", "--strict", "-q", "-f", ROOT / ".mkdocs.yml", "-d", folder], capture_output=True, text=True)
    if done.returncode or "WARNING" in done.stderr:
        sys.exit(done.stdout + done.stderr)
    pages = {path: Page(path) for path in folder.rglob("*.html")}
    wrong = []
    for path, page in pages.items():
        if path.name == "404.html":
            continue
        for link in page.links + page.loads:
            url = urllib.parse.urlsplit(link)
            if url.scheme or url.netloc:
                wrong += [f"{path.name}: loads {link}"] if link in page.loads else []
                continue
            target = (path.parent / urllib.parse.unquote(url.path)).resolve() if url.path else path
            target = target / "index.html" if target.is_dir() else target
            anchor = urllib.parse.unquote(url.fragment)
            if not target.exists():
                wrong.append(f"{path.relative_to(folder)}: {link} leads nowhere")
            elif anchor and target in pages and anchor not in pages[target].anchors:
                wrong.append(f"{path.relative_to(folder)}: {link} has no such anchor")
    if wrong or len(pages) < 40:
        sys.exit("\n".join(wrong))
    print(len(pages), "pages, all links lead somewhere")


main(sys.argv[1])
