"""What the codes and texts that rules store are called: most are stored in Chinese, some as bare names."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from quanheng.rulebook.instrument import Words
from quanheng.rulebook.reading import meanings
from quanheng.rulebook.strict_yaml import read_file

ENGLISH = Path(__file__).parent / "code_words.yaml"

# Stored as names, which are words of neither language.
NAMES: dict[str, Words] = {
    "post": Words("领导职务", "a leading post"),
    "rank": Words("职级", "a rank"),
    "pool": Words("优秀年轻干部库", "the pool of outstanding young cadres"),
    "staff_grade": Words("职员等级", "a staff grade"),
    "male": Words("男", "male"),
    "female_cadre": Words("女干部", "woman cadre"),
    "female_worker": Words("女工人", "woman worker"),
    "general": Words("一般应当如此", "generally so"),
    "remaining_plus_new": Words("余下的期限加新的期限", "what remains plus the new period"),
    "user/process to file/table/record": Words(
        "主体到用户或进程，客体到文件、表或记录", "from user or process to file, table or record"
    ),
    "mandatory labels on important objects": Words("重要对象有强制标记", "mandatory labels on important objects"),
    "decision": Words("决定以前", "before the decision"),
    "appraisal": Words("考察以前", "before the appraisal"),
    "annual_filing_only": Words("只须每年备案", "only filed once a year"),
    "human_judgement": Words("由人判断", "judged by people"),
    "more_than_posts": Words("多于职数", "more than the posts"),
    "at_least_posts": Words("不少于职数", "at least as many as the posts"),
    "decision_date": Words("决定之日", "day of the decision"),
    "election_date": Words("当选之日", "day of the election"),
    "longest": Words("取最长的", "the longest"),
    "latest_end": Words("取期满最晚的", "the latest end"),
    "month": Words("月", "month"),
    "personal_report.late": Words("个人有关事项报告逾期", "report on personal matters late"),
    "refused_transfer": Words("不服从交流", "transfer refused"),
    "assessment.lagging_years": Words("考核落后的年数", "years behind in the assessment"),
    "personal_report.family_abroad": Words("家属移居", "family abroad"),
    "leave.months>=12": Words("请假满 12 个月", "on leave for 12 months"),
}


@cache
def english() -> Mapping[str, str]:
    return meanings(read_file(ENGLISH), ENGLISH.name)


def called(value: str) -> Words:
    """A text of a local instrument that has no English stays as it is."""
    return NAMES.get(value) or Words(value, english().get(value, value))
