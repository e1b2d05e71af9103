"""The steps of an import: which state each leaves, which it leads to, who takes it."""

from quanheng.intake.choices import ImportState
from quanheng.kernel.actor import EDITORS
from quanheng.kernel.flow import Step

IMPORT_FLOW = (
    Step("read", ImportState.UPLOADED, ImportState.READING, EDITORS),
    Step("read", ImportState.FAILED, ImportState.READING, EDITORS),
    Step("correct", ImportState.REVIEW, ImportState.REVIEW, EDITORS),
    Step("decide", ImportState.REVIEW, ImportState.REVIEW, EDITORS),
    Step("apply", ImportState.REVIEW, ImportState.APPLYING, EDITORS),
    Step("undo", ImportState.APPLIED, ImportState.UNDONE, EDITORS),
    Step("discard", ImportState.UPLOADED, ImportState.DISCARDED, EDITORS),
    Step("discard", ImportState.REVIEW, ImportState.DISCARDED, EDITORS),
    Step("discard", ImportState.FAILED, ImportState.DISCARDED, EDITORS),
)
