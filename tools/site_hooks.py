"""What .mkdocs.yml cannot say by itself."""

import pathlib
import re


def on_config(config):
    """A page for each check, in the order of their names."""
    folder = pathlib.Path(config["docs_dir"])
    pages = sorted(path.relative_to(folder).as_posix() for path in (folder / "checks").glob("*.md"))
    config["nav"].append({"Checks": pages})
    return config


def on_page_markdown(markdown, page, config, files):
    """Links to files beside docs/ become their names: the site has only pages."""

    def outside(match):
        text, path = match.groups()
        name = path.removeprefix("../")
        return text if text.strip("`") == name else f"{text} (`{name}`)"

    return re.sub(r"\[([^\]]+)\]\(((?:\.\./)+(?!docs/)[^)#]+)\)", outside, markdown) if page.file.src_path.count("/") == 0 else markdown
