"""`python -m hep_api.library.figures FOLDER`: write the starter set's drawings and a page that shows them all."""

from pathlib import Path

import click

from hep_api.library.figures import sheet
from hep_api.library.figures.drawings import read_drawings
from hep_api.library.figures.svg import render
from hep_api.library.starter_set import read_starter_set


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def write_figures(folder: Path) -> None:
    """Write one SVG per starter exercise into FOLDER, and index.html beside them."""
    names = {entry["key"]: entry["name"] for entry in read_starter_set()}
    drawn = {key: render(names[key], drawing) for key, drawing in read_drawings().items()}
    sheet.write(folder, drawn)
    click.echo(f"{len(drawn)} drawings in {folder}.")


if __name__ == "__main__":
    write_figures()
