"""The phrases of `words`: for each node of the language how it is said in Chinese and in English."""

from quanheng.rulebook.instrument import Words
from quanheng.rulebook.tree import Combinator, Function, Operator
from quanheng.rulebook.values import Unit

# {0}, {1} … are the arguments.
FUNCTIONS: dict[Function, Words] = {
    Function.ADD: Words("{0}之后{1}", "{1} after {0}"),
    Function.SUBTRACT: Words("{0}之前{1}", "{1} before {0}"),
    Function.REACHED: Words("已到{0}", "{0} is reached"),
    Function.BEFORE: Words("还没有到{0}", "it is before {0}"),
    Function.MONTHS_BETWEEN: Words("自{0}至{1}的足月数", "full months from {0} to {1}"),
    Function.YEARS_BETWEEN: Words("自{0}至{1}的足年数", "full years from {0} to {1}"),
    Function.DAYS_BETWEEN: Words("自{0}至{1}的天数", "days from {0} to {1}"),
    Function.WORKDAYS_BETWEEN: Words("{0}之后至{1}的工作日数", "working days after {0} up to {1}"),
    Function.NEXT_WORKDAY: Words("{0}（遇非工作日顺延到下一个工作日）", "{0} (or the next working day, if it is none)"),
    Function.YEAR: Words("{0}所在年份", "the year of {0}"),
    Function.MONTH: Words("{0}所在月份", "the month of {0}"),
    Function.DATE_OF: Words("{0}的{1}月{2}日", "day {2} of month {1} of {0}"),
    Function.PLUS: Words("{0}＋{1}", "{0} + {1}"),
    Function.MINUS: Words("{0}－{1}", "{0} − {1}"),
    Function.TIMES: Words("{0}×{1}", "{0} × {1}"),
    Function.FLOOR: Words("{0}÷{1}（舍去小数）", "{0} ÷ {1} (rounded down)"),
    Function.CEIL: Words("{0}÷{1}（有小数即进一）", "{0} ÷ {1} (rounded up)"),
    Function.HALF_UP: Words("{0}÷{1}（四舍五入）", "{0} ÷ {1} (rounded half up)"),
    Function.LOWER: Words("{0}的下一级", "one step below the {0}"),
    Function.KNOWN: Words("{0}有记载", "{0} is recorded"),
}
DAY_OF_SAME_MONTH = Words("{0}当月的{1}日", "day {1} of the month of {0}")
# What `free_from` is written out to.
FREE_FROM = Words("{0}起{1}影响期届满之日（口径 {2}）", "the end of the effect of {1} from {0} (reading {2})")
# Rounding to a whole number: divided by one, which is not said.
WHOLE: dict[Function, Words] = {
    Function.FLOOR: Words("{0}（舍去小数）", "{0} (rounded down)"),
    Function.CEIL: Words("{0}（有小数即进一）", "{0} (rounded up)"),
    Function.HALF_UP: Words("{0}（四舍五入）", "{0} (rounded half up)"),
}
# of numbers, of dates
LEAST = (Words("{0}中最小者", "the least of {0}"), Words("{0}中最早者", "the earliest of {0}"))
GREATEST = (Words("{0}中最大者", "the greatest of {0}"), Words("{0}中最晚者", "the latest of {0}"))
NOT_BELOW_ZERO = Words("{0}（不足零的作零）", "{0} (not below zero)")
SPANS: dict[Unit, Words] = {
    Unit.MONTHS: Words("{0}个月", "{0} months"),
    Unit.DAYS: Words("{0}日", "{0} days"),
    Unit.WORKDAYS: Words("{0}个工作日", "{0} working days"),
}
MONTHS_OF = Words("{0}的月数", "the months of {0}")
YEARS = Words("{0}年", "{0} years")
AFTER_SPAN = Words("自{0}起已满{1}", "{1} have passed since {0}")
WITHIN_SPAN = Words("自{0}起未满{1}", "{1} have not yet passed since {0}")
PASSED = Words("已过{0}", "{0} has passed")
NOT_PASSED = Words("尚未过{0}", "{0} has not passed")
RUNNING = Words("尚未结束", "it has not ended")

NUMBERS: dict[Operator, Words] = {
    Operator.EQ: Words("{0}等于{1}", "{0} equals {1}"),
    Operator.NE: Words("{0}不等于{1}", "{0} does not equal {1}"),
    Operator.LT: Words("{0}少于{1}", "{0} is less than {1}"),
    Operator.LE: Words("{0}不超过{1}", "{0} is at most {1}"),
    Operator.GT: Words("{0}超过{1}", "{0} is more than {1}"),
    Operator.GE: Words("{0}不少于{1}", "{0} is at least {1}"),
}
DATES: dict[Operator, Words] = {
    Operator.EQ: Words("{0}就是{1}", "{0} is {1}"),
    Operator.NE: Words("{0}不是{1}", "{0} is not {1}"),
    Operator.LT: Words("{0}早于{1}", "{0} is before {1}"),
    Operator.LE: Words("{0}不晚于{1}", "{0} is not after {1}"),
    Operator.GT: Words("{0}晚于{1}", "{0} is after {1}"),
    Operator.GE: Words("{0}不早于{1}", "{0} is not before {1}"),
}
CODES: dict[Operator, Words] = {
    Operator.EQ: Words("{0}为{1}", "{0} is {1}"),
    Operator.NE: Words("{0}不为{1}", "{0} is not {1}"),
    Operator.LT: Words("{0}低于{1}", "{0} is lower than {1}"),
    Operator.LE: Words("{0}不高于{1}", "{0} is not higher than {1}"),
    Operator.GT: Words("{0}高于{1}", "{0} is higher than {1}"),
    Operator.GE: Words("{0}不低于{1}", "{0} is not lower than {1}"),
}
IN, NOT_IN = Words("{0}属于{1}", "{0} is one of {1}"), Words("{0}不属于{1}", "{0} is none of {1}")
NONE = Words("无", "none")

# {0}: the records with their condition, {1}: what is taken of each
COMBINATORS: dict[Combinator, Words] = {
    Combinator.EXISTS: Words("有{0}", "there is one of {0}"),
    Combinator.COUNT: Words("{0}的条数", "the number of {0}"),
    Combinator.COUNT_DISTINCT: Words("{0}中不同的“{1}”的个数", "the number of different values of {1} in {0}"),
    Combinator.SUM_OF: Words("{0}中“{1}”之和", "the sum of {1} in {0}"),
    Combinator.FIRST_DATE: Words("{0}中最早的“{1}”", "the earliest {1} in {0}"),
    Combinator.LAST_DATE: Words("{0}中最晚的“{1}”", "the latest {1} in {0}"),
    Combinator.LATEST: Words("最近一条{0}的“{1}”", "{1} of the latest of {0}"),
    Combinator.HELD_SINCE: Words("{0}不间断持续至今的起始日", "the start of the unbroken run of {0} up to now"),
    Combinator.MONTHS_IN: Words("{0}累计的足月数", "the full months of {0} together"),
    Combinator.LONGEST_RUN: Words("{0}最长一段连续的足月数", "the full months of the longest unbroken run of {0}"),
    Combinator.LAST_END: Words("{0}中最晚的结束日", "the latest end of {0}"),
}
NO_RECORD = Words("没有{0}", "there is none of {0}")
EVERY = Words("每条{0}都符合：{1}", "each of {0} meets: {1}")
RECORDS, RECORDS_WHERE = Words("「{0}」", "“{0}”"), Words("「{0}」（{1}）", "“{0}” ({1})")
RANGE = Words("{0}自{1}至{2}", "{0} from {1} to {2}")

AND, OR = Words("，且", " and "), Words("，或者", " or ")
NOT = Words("并非（{0}）", "not ({0})")
BRACKETS = Words("（{0}）", "({0})")
CHOOSE = Words("（如{0}，则为{1}，否则为{2}）", "({1} if {0}, otherwise {2})")
LIST = Words("、", ", ")
QUOTED = Words("“{0}”", "“{0}”")
TRUTHS = {True: Words("成立", "holds"), False: Words("不成立", "does not hold")}
ON = Words("当日", "the day")
ITEM, ITEM_HOLDS = Words("该条的{0}", "{0} of this record"), Words("该条“{0}”", "of this record: {0}")
FORBIDDEN = Words("有此情形即不符合", "whoever is in this case does not meet it")
CITED = Words("{0}〔{1}〕", "{0} [{1}]")
SET_LOCALLY = Words("单位规定的数", "what the organization sets")
READING = Words("口径 {0}", "the reading of {0}")

# Facts whose meaning is a question rather than a name.
FACTS: dict[str, Words] = {"target.kind": Words("拟任事项", "the target")}
PLACES: dict[str, Words] = {
    "applies": Words("适用于", "Applies where"),
    "each": Words("逐条检查", "One by one"),
    "requires": Words("要求", "Requires"),
    "person_decides": Words("由人决定的情形", "A person decides where"),
}
NAMES: dict[str, Words] = {
    "always": Words("任何情形", "always"),
    "unless_failed": Words("除计算不符外的任何情形", "always, unless the computation says no"),
}
