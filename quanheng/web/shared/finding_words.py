"""What a reader of files found or refused, in the language in use.

`formats` says it in Chinese and knows no gettext: those sentences are taken as they are. The English ones stand here
by their code, with the same facts; a test holds the two beside each other.
"""

from collections.abc import Mapping

from django.utils.translation import get_language

from quanheng.formats.archives import CannotUnpack
from quanheng.formats.findings import Finding, shorten
from quanheng.formats.lrmx_read import CannotRead
from quanheng.formats.lrmx_write import CannotWrite
from quanheng.formats.photos import CannotReadPhoto
from quanheng.formats.report import error_sentence
from quanheng.web.shared.element_words import place_label

FileError = CannotRead | CannotReadPhoto | CannotUnpack | CannotWrite


def finding_reason(finding: Finding) -> str:
    if not _is_english():
        return finding.reason
    facts = {"value": shorten(finding.value), **finding.facts, "label": place_label(finding.place)}
    return FINDINGS[finding.code].format(**{name: SEXES.get(value, value) for name, value in facts.items()})


def error_reason(error: FileError) -> str:
    if not _is_english():
        return error_sentence(error)
    return ERRORS[type(error)][error.code].format(**error.facts)


SEXES: Mapping[object, str] = {"男": "male", "女": "female"}  # facts of findings about the sex


def _is_english() -> bool:
    return (get_language() or "").startswith("en")


FINDINGS: Mapping[str, str] = {
    # the whole file
    "encoding": "The file is not written in the encoding it declares ({declared}); it was read as {used}. "
    "Please check that some of its characters are right.",
    "characters-lost": "The file has bytes that mean nothing; characters that could not be read are shown as “\ufffd”. "
    "Please fill them in from the original file.",
    "stray-text": "The text “{value}” belongs to no field and was not read. Please see where it belongs and add it.",
    "unknown-dropped": "The unknown element {element} cannot be read outside its file and was not kept. "
    "Please check whether it is of use.",
    # any element
    "duplicate": "“{label}” occurs more than once; the first one with content was taken, the other says “{value}”. "
    "Please check which one holds.",
    "markup": "“{label}” contains markup; only its text was taken. Please check that the text is complete.",
    "control": "“{label}” had invisible control characters, which were removed. "
    "Please check that the text is complete.",
    "replacement": "“{label}” says “{value}”, with characters that could not be read. "
    "Please fill them in from the papers.",
    "too-long": "“{label}” has {length} characters; the rule is {max_length} at most. "
    "All of it was kept; please shorten it as you see fit.",
    # names, sex, ethnicity
    "name-missing": "“{label}” is empty. Please fill in the name as in the household register.",
    "name-mark": "“{label}” says {value}; the question mark may be a middle dot or a character that could not be "
    "shown. It was read as {read}. Please check the identity card.",
    "sex": "“{label}” says {value}; it should say 男 or 女. Kept as written; please check the identity card.",
    "unknown-code": "“{label}” says {value}, which is not in the code table. Kept as written and marked; "
    "please check it, or write it as in the table.",
    "ethnicity": "“{label}” says {value}; it is written in full, such as 汉族 or 维吾尔族. Kept as written; "
    "please complete it.",
    # dates
    "date-unreadable": "“{label}” says {value}; no month can be read from it. Kept as written; "
    "please check the identity card or the dossier.",
    "date-without-month": "“{label}” says {value}, a year without a month. Kept as written; "
    "please check the identity card or the dossier.",
    "date-year": "“{label}” says {value}; the year {year} is not between 1900 and 2099. Kept as written; "
    "please check the identity card or the dossier.",
    "date-month": "“{label}” says {value}; there is no month {month}. Kept as written; "
    "please check the identity card or the dossier.",
    "date-day": "“{label}” says {value}; month {month} has no day {day}. Kept as written; "
    "please check the identity card or the dossier.",
    # identity number
    "identity-15": "“{label}” is an old number of 15 digits. "
    "Please write the 18 characters of the present identity card.",
    "identity-form": "“{label}” should be 17 digits and a check character; it has {length} characters. "
    "Please check the identity card.",
    "identity-birth": "Characters 7 to 14 of “{label}” are not a date. Please check the identity card.",
    "identity-check": "“{label}” ends in {last}; by its first 17 digits it should end in {expected}. One digit may "
    "have been copied wrongly. Please check the identity card.",
    "identity-birth-differs": "The month of birth says {birth}, the identity number {identity}. Both were kept; "
    "please settle it by the dossier.",
    "identity-sex-differs": "The sex says {sex}, character 17 of the identity number means {identity}. Both were kept; "
    "please check the identity card.",
    # résumé
    "resume-too-long": "The résumé has {length} characters, more than {max_length}, and was not divided. "
    "The text was kept; please put it in order first.",
    "resume-period": "Résumé line {line}, “{value}”: no beginning and end can be read. Kept as a line of text; "
    "please write yyyy.MM--yyyy.MM.",
    "resume-month": "Résumé line {line}, “{value}”: there is no month {month}. Kept as a line of text; "
    "please check the dossier.",
    "resume-year": "Résumé line {line}, “{value}”: the year {year} is not between 1900 and 2099. "
    "Kept as a line of text; please check the dossier.",
    "resume-end-before-start": "Résumé line {line} ends in {end}, before it begins in {start}. "
    "Please check its beginning and end.",
    "resume-gap": "Résumé line {line} begins in {start}, the period before it ended in {end}: {months} months are "
    "missing. Please add them (study, illness and waiting for an assignment are written too).",
    "resume-overlap": "Résumé line {line} begins in {start}, the period before it ends only in {end}: they overlap. "
    "Please check; study beside work is written as 其间.",
    "resume-open-inside": "Résumé line {line} has no end, yet others follow it. "
    "Please add the month in which it ended.",
    "resume-no-open-end": "The last period of the résumé ends in {end} and does not reach today. If it still lasts, "
    "please remove its end; if it is over, add what came after.",
    "resume-inside-alone": "Résumé line {line} is a 其间 with no period before it to belong to. Kept as a line of "
    "text; please move it after its period.",
    # family
    "relation-missing": "The relation of the family member {value} is not given. Please add it.",
    "too-many-relatives": "There are more than {max_items} family members; the rest was not read. "
    "Please check the file.",
    # photo
    "photo-base64": "The coding of the photo is incomplete and the photo was not read. "
    "Please export the file again in its own system, or add the photo separately.",
    "photo-no-picture": "The photo field holds no picture. Please add a JPEG photo separately.",
    "photo-type": "The photo is {media_type}; the rule is JPEG. The import turns it into JPEG; "
    "please see whether it is still clear.",
    "photo-too-large": "The photo has {size} bytes, more than {max_size}. The import makes it smaller; "
    "please see whether it is still clear.",
    "photo-damaged": "The photo is damaged and was not read. "
    "Please export the file again in its own system, or add the photo separately.",
    "photo-over-limit": "The photo has {size} bytes, more than {limit}, and was not read. "
    "Please make it smaller and add it separately.",
    "photo-too-many-pixels": "The photo has {width}×{height} pixels, more than {limit}, and was not read. "
    "Please make it smaller and add it separately.",
    # archive
    "archive-nested": "The zip contains another archive, {value}, which was not opened. "
    "Please unpack it first, then choose the files together.",
    "archive-other": "{value} in the zip is not an .lrmx file and was not read.",
}
ERRORS: Mapping[type, Mapping[str, str]] = {
    CannotRead: {
        "empty": "The file is empty. Please export it again in its own system.",
        "too-large": "The file has {size} bytes, more than {limit}. Please make the photo smaller and export it again.",
        "not-xml": "The file cannot be read from line {line}, column {column} on: it is not an .lrmx file, or damaged. "
        "Please export it again in its own system.",
        "truncated": "The file breaks off in line {line}; the rest is missing. Please copy or export it again.",
        "document-type": "Line {line} of the file declares a document type, which .lrmx files do not have; for safety "
        "it was not read. Please export it again in its own system.",
        "root": "The root element of the file is {root}, not Person: it is no appointment and removal approval form. "
        "Please check that you chose the right file.",
        "too-many-elements": "The file has more than {limit} elements and is not the approval form of one person. "
        "Please check that you chose the right file.",
    },
    CannotWrite: {
        "illegal-character": "{element} contains the character {character}, which the file cannot hold. "
        "Please remove it, then export.",
        "unknown": "The element {element}, which came with the original file, would make the new one unreadable. "
        "Please remove it from the sources of the dossier, then export.",
        "too-many-relatives": "There are {count} family members; the file holds {limit} at most. "
        "Please remove some, then export.",
    },
    CannotReadPhoto: {
        "empty": "There is no photo. Please add one.",
        "too-large": "The photo has {size} bytes, more than {limit}. Please make it smaller, then choose it again.",
        "no-picture": "This file is no picture that can be read. Please choose a JPEG or PNG photo.",
        "too-many-pixels": "The photo has {width}×{height} pixels, more than {limit}. "
        "Please make it smaller, then choose it again.",
        "damaged": "The photo is damaged. Please export it again.",
    },
    CannotUnpack: {
        "not-zip": "This is not a zip, or it is damaged. Please make a zip (unpack 7z and rar files first).",
        "encrypted": "The zip is encrypted and {name} cannot be opened. "
        "Please ask the submitting unit for one without encryption.",
        "path": "{name} in the zip points outside it; for safety nothing of the zip was opened. "
        "Please ask the submitting unit to pack the files again.",
        "too-many": "The zip contains {count} files, more than {limit}. Please divide it.",
        "member-too-large": "{name} in the zip has {size} bytes when unpacked, more than {limit}. "
        "Please make the photo smaller and export it again.",
        "too-large": "The zip has {size} bytes when unpacked, more than {limit}. Please divide it.",
        "bomb": "{name} in the zip is packed in an abnormal way; for safety nothing of the zip was opened. "
        "Please ask the submitting unit to pack the files again.",
        "compression": "{name} in the zip uses an uncommon method of packing. "
        "Please pack it again with the tool of the operating system.",
        "damaged": "{name} in the zip is damaged. Please copy the zip again.",
    },
}
