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
    """Links to folders and to files beside docs/ become their names: the site has only pages."""
    folder = (pathlib.Path(config["docs_dir"]) / page.file.src_path).parent

    def named(match):
        text, path = match.groups()
        target = (folder / path).resolve()
        if "://" in path or not target.exists() or (target.is_file() and pathlib.Path(config["docs_dir"]) in target.parents):
            return match.group()
        name = path.lstrip("./")
        return text if text.strip("`") == name else f"{text} (`{name}`)"

    return re.sub(r"\[([^\]]+)\]\(([^)#]+)\)", named, markdown)
