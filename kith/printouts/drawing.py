"""Draws a printout as PDF: a program of its own, started by `pdf`, that imports nothing of Kith, opens no
connection and may use only so much time and memory. In: JSON. Out: the PDF.

Whatever people typed reaches Typst as data (`sys.inputs`), never as source: it is text and cannot be markup.
Typst's own fonts write Latin, Greek, Cyrillic, Hebrew, Arabic and Georgian; for more it looks at those of the
system and of a folder. Of signs that no font has, the last page tells.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import warnings
from typing import Any, Final

import typst

SECONDS: Final = 40
_MEMORY: Final = 4 * 1024**3
_STANDARD: Final = "ua-1"
_UNDRAWN: Final = re.compile(r'error: the text `"((?:[^"\\]|\\.)+)"` could not be displayed')
_CODE: Final = re.compile(r"\\u\{([0-9a-f]+)\}")
_MOST_NAMED: Final = 40
SOURCE: Final = rb"""
#let d = json(bytes(sys.inputs.data))
#let ink = rgb("#211f1b")
#let second = rgb("#5d574d")
#let hair = 0.5pt + rgb("#e6e2da")
#let brand = rgb(d.brand.colour)
#let lines(said) = said.split("\n").join(linebreak())

#set document(title: d.title + " " + d.group, author: d.brand.name)
#set text(font: "Libertinus Serif", size: 10pt, fill: ink, lang: "en", number-width: "tabular")
#set par(leading: 0.5em, justify: false)
#set page(
  paper: "a4",
  margin: (x: 18mm, top: 24mm, bottom: 20mm),
  header: context if counter(page).get().first() > 1 [
    #set text(size: 8pt, fill: second)
    #d.brand.name #h(1fr) #d.title #d.group
    #v(-0.6em) #line(length: 100%, stroke: 0.8pt + brand)
  ],
  footer: context [
    #set text(size: 8pt, fill: second)
    #grid(columns: (1fr, auto), column-gutter: 8mm,
      lines(d.footer),
      align(right)[#counter(page).display("1 / 1", both: true)],
    )
  ],
)
#show heading.where(level: 2): it => block(above: 1.6em, below: 0.7em, sticky: true)[
  #set text(size: 11.5pt, weight: "bold")
  #it.body #v(-0.5em) #line(length: 100%, stroke: 0.8pt + brand)
]

#grid(columns: (1fr, auto), column-gutter: 8mm, align: (left + bottom, right + bottom),
  [
    #if d.logo != none { image(bytes(d.logo), height: 14mm, alt: d.brand.name) } else {
      text(size: 13pt, weight: "bold")[#d.brand.name]
    }
  ],
  text(size: 8.5pt, fill: second)[#d.made #linebreak() #d.by],
)
#line(length: 100%, stroke: 1.6pt + brand)
#v(2mm)
#text(size: 9pt, fill: second)[#upper(d.title)]
#v(-1.5mm)
#heading(level: 1, outlined: true)[#text(size: 20pt, weight: "bold")[#d.name]]
#text(fill: second)[#d.kind #sym.dot.c #d.group]
#if d.standing != "" [ #sym.dot.c #text(fill: rgb("#9b2c2c"), weight: "bold")[#d.standing] ]
#if d.reminder != "" { block(above: 1.4em, lines(d.reminder)) }
#if d.contents {
  v(4mm)
  outline(title: [Contents], target: heading.where(level: 2))
  pagebreak()
}

#for part in d.parts {
  heading(level: 2, part.label)
  table(
    columns: part.columns.map(one => one.share * 1fr),
    stroke: (_, y) => (bottom: hair),
    inset: (x: 3pt, y: 3.2pt),
    align: (x, _) => if part.columns.at(x).number { right + top } else { left + top },
    table.header(..part.columns.map(one => text(size: 8pt, fill: second, one.label))),
    ..part.rows.flatten().map(lines),
  )
  if part.more != "" { text(size: 8.5pt, fill: second, part.more) }
}

#if d.nothing != "" { block(above: 2em, text(fill: second, d.nothing)) }

#if d.undrawn != "" { block(above: 2em, text(size: 8.5pt, fill: second, d.undrawn)) }
"""


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def draw(data: dict[str, Any], *, fonts: list[str], made_at: int) -> bytes:
    """For screen readers too (PDF/UA), where every sign can be drawn; else as well as it can be."""
    known = typst.Fonts(font_paths=fonts)
    try:
        return _compiled(data, fonts=known, made_at=made_at, standards=[_STANDARD])
    except typst.TypstError as error:
        missing = undrawn(error.diagnostic)
        if not missing:
            raise
    said = f"{data['no_font']} {missing}."
    return _compiled({**data, "undrawn": said}, fonts=known, made_at=made_at, standards=[])


def _compiled(data: dict[str, Any], *, fonts: typst.Fonts, made_at: int, standards: list[Any]) -> bytes:
    compiler = typst.Compiler(SOURCE, font_paths=fonts, sys_inputs={"data": json.dumps(data)})
    drawn = compiler.compile(format="pdf", pdf_standards=standards, timestamp=made_at)
    assert isinstance(drawn, bytes)
    return drawn


def undrawn(diagnostic: str) -> str:
    """By number: their pictures are what is missing."""
    said = [_CODE.sub(lambda code: chr(int(code[1], 16)), one) for one in _UNDRAWN.findall(diagnostic)]
    signs = list(dict.fromkeys(f"U+{ord(sign):04X}" for text in said for sign in text))
    more = f" and {len(signs) - _MOST_NAMED} more" if len(signs) > _MOST_NAMED else ""
    return ", ".join(signs[:_MOST_NAMED]) + more


def main() -> None:
    warnings.simplefilter("error")
    _limit()
    given = json.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(draw(given["data"], fonts=given["fonts"], made_at=given["made_at"]))


if __name__ == "__main__":
    main()
