"""Makes quanheng/formats/fonts from Debian's fonts-noto-cjk: `uv run python tools/make_fonts.py`.

Three faces are cut from Noto Serif CJK SC (SIL Open Font License 1.1) and named anew, because
Typst takes two files of one family for the same face: the everyday characters, everything the
face has but Hangul, and the bold letters of the form's title. Beside them lies the list of
characters kept, so that a form can be checked without opening a font.
"""

from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

SOURCE = Path("/usr/share/fonts/opentype/noto")
TARGET = Path(__file__).parent.parent / "quanheng/formats/fonts"
SIMPLIFIED = 2  # place of the SC face in the collections
HANGUL = (range(0x1100, 0x1200), range(0x3130, 0x3190), range(0xA960, 0xA980), range(0xAC00, 0xD800))
TITLE = "干部任免审批表（续页）"


def everyday() -> set[int]:
    """GB 2312 (6,763 characters and its signs), ASCII, and the signs that résumés use besides."""
    pairs = (bytes([high, low]) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    national = "".join(pair.decode("gb2312", errors="ignore") for pair in pairs)
    return {ord(sign) for sign in national + "·•—–"} | set(range(0x20, 0x7F))


def cut(collection: str, characters: set[int], family: str) -> TTFont:
    font = TTCollection(SOURCE / collection, lazy=True).fonts[SIMPLIFIED]
    halve_ascii(font)
    options = subset.Options(layout_features=[], hinting=False, name_IDs=["*"], recalc_timestamp=False)
    options.drop_tables += ["BASE", "DSIG", "VORG", "vhea", "vmtx"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    rename(font, family)
    return font


def halve_ascii(font: TTFont) -> None:
    """Digits and Latin letters half as wide as a Chinese character, as in 宋体: columns of a résumé line up.

    Not by the feature `hwid` when printing, since that one narrows （，） as well.
    """
    rules = font["GSUB"].table
    places = {
        place
        for record in rules.FeatureList.FeatureRecord
        if record.FeatureTag == "hwid"
        for place in record.Feature.LookupListIndex
    }
    half = {
        wide: narrow
        for place in places
        for part in rules.LookupList.Lookup[place].SubTable
        for wide, narrow in getattr(part, "ExtSubTable", part).mapping.items()
    }
    for table in font["cmap"].tables:
        if table.isUnicode() and table.format in (4, 12):
            table.cmap.update({code: half.get(table.cmap[code], table.cmap[code]) for code in range(0x20, 0x7F)})


def rename(font: TTFont, family: str) -> None:
    postscript = family.replace(" ", "")
    names = {1: family, 2: "Regular", 3: postscript, 4: family, 6: postscript, 16: family, 17: "Regular"}
    table = font["name"]
    table.names = [record for record in table.names if record.nameID not in names and record.langID in (0, 0x409)]
    for place, name in names.items():
        table.setName(name, place, 3, 1, 0x409)
    compact = font["CFF "].cff
    compact.fontNames = [postscript]
    compact.topDictIndex[0].FamilyName = compact.topDictIndex[0].FullName = family


def ranges(characters: set[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for code in sorted(characters):
        if found and found[-1][1] == code - 1:
            found[-1] = (found[-1][0], code)
        else:
            found.append((code, code))
    return found


def main() -> None:
    regular, bold = "NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc"
    whole = set(TTCollection(SOURCE / regular, lazy=True).fonts[SIMPLIFIED].getBestCmap())
    kept = {code for code in whole if not any(code in block for block in HANGUL)}
    cut(regular, everyday() & kept, "Quanheng Song").save(TARGET / "quanheng-song.otf")
    cut(regular, kept, "Quanheng Song Full").save(TARGET / "quanheng-song-full.otf")
    cut(bold, {ord(sign) for sign in TITLE}, "Quanheng Song Title").save(TARGET / "quanheng-song-title.otf")
    lines = [f"{first:x} {last:x}\n" for first, last in ranges(kept)]
    (TARGET / "coverage.txt").write_text("".join(lines), encoding="ascii")


if __name__ == "__main__":
    main()
