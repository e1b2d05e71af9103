"""Words of the ledger: every action code, kinds of objects, names of fields, findings of the proof."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from quanheng.accounts.choices import PurposeChoice
from quanheng.intake import ledger_codes as intake
from quanheng.ledger.verify import Finding
from quanheng.people import ledger_codes as people
from quanheng.web.shared.element_words import LABELS
from quanheng.web.shared.parts import Text

# Every code that a room registers has its words here (tests/web/shared/test_ledger_words.py).
ACTIONS: Mapping[str, Text] = {
    "accounts.assign_role": gettext_lazy("登记角色"),
    "accounts.change_own_password": gettext_lazy("修改自己的密码"),
    "accounts.create_account": gettext_lazy("新建账号"),
    "accounts.deactivate_account": gettext_lazy("停用账号"),
    "accounts.end_role": gettext_lazy("结束角色"),
    "accounts.end_session": gettext_lazy("令登录退出"),
    "accounts.grant_scope": gettext_lazy("登记授权"),
    "accounts.lock_out": gettext_lazy("多次输错密码，暂时锁定"),
    "accounts.reactivate_account": gettext_lazy("恢复账号"),
    "accounts.revoke_grant": gettext_lazy("收回授权"),
    "accounts.set_password": gettext_lazy("另设密码"),
    "accounts.set_shortcuts": gettext_lazy("开关单键快捷键"),
    "accounts.sign_in": gettext_lazy("登录"),
    "accounts.sign_out": gettext_lazy("退出登录"),
    "intake.apply_import": gettext_lazy("导入生效"),
    "intake.choose_groups": gettext_lazy("选定导入采用的部分"),
    "intake.correct_import": gettext_lazy("核对导入内容"),
    "intake.decide_items": gettext_lazy("决定导入人员的取舍"),
    "intake.discard_import": gettext_lazy("放弃导入"),
    "intake.import_cadre": gettext_lazy("导入更新档案"),
    "intake.undo_import": gettext_lazy("撤销导入"),
    "intake.upload_import": gettext_lazy("上传导入文件"),
    "ledger.erase_detail": gettext_lazy("清除台账明细"),
    "ledger.export_package": gettext_lazy("导出校验包"),
    "ledger.open_dossier": gettext_lazy("查阅档案"),
    "operations.back_up": gettext_lazy("备份"),
    "operations.restore": gettext_lazy("从备份恢复"),
    "operations.retire_key": gettext_lazy("删除旧密钥"),
    "operations.rotate_keys": gettext_lazy("更换密钥"),
    "organization.abolish_unit": gettext_lazy("撤销单位"),
    "organization.add_position": gettext_lazy("增设岗位"),
    "organization.end_position": gettext_lazy("终止岗位"),
    "organization.establish_unit": gettext_lazy("设立单位"),
    "organization.export_quotas": gettext_lazy("导出职数配备表"),
    "organization.form_leading_group": gettext_lazy("成立班子"),
    "organization.merge_unit": gettext_lazy("并入其他单位"),
    "organization.move_unit": gettext_lazy("划转单位"),
    "organization.rename_unit": gettext_lazy("单位更名"),
    "organization.reorder_siblings": gettext_lazy("调整下级单位顺序"),
    "organization.set_quota": gettext_lazy("核定职数"),
    "people.add_record": gettext_lazy("补录记录"),
    "people.change_field": gettext_lazy("更正档案项目"),
    "people.create_cadre": gettext_lazy("建立档案"),
    "people.decide_kin_tie": gettext_lazy("认定亲属关系"),
    "people.export": gettext_lazy("导出档案内容"),
    "people.load_city": gettext_lazy("装入演示城市"),
    "people.place_cadre": gettext_lazy("转到其他单位管理"),
    "people.print_form": gettext_lazy("打印任免审批表"),
    "people.replace_record": gettext_lazy("更正记录"),
    "people.undo_change": gettext_lazy("撤销改动"),
    "people.verify_item": gettext_lazy("登记档案核对"),
    "people.withdraw_record": gettext_lazy("作废记录"),
}
# What changes a file, in whichever room.
FILE_CHANGES: Sequence[str] = (*people.CHANGES, *intake.CHANGES)
# Streams as the filter offers them; openings lie in sixteen.
STREAMS: Mapping[str, Text] = {
    "people": gettext_lazy("干部"),
    "intake": gettext_lazy("导入"),
    "read.": gettext_lazy("查阅"),
    "organization": gettext_lazy("机构"),
    "accounts": gettext_lazy("账号与授权"),
    "operations": gettext_lazy("运行"),
    "ledger": gettext_lazy("台账"),
}
OBJECTS: Mapping[str, Text] = {
    "people.cadre": pgettext_lazy("one", "干部"),
    "intake.importbatch": gettext_lazy("导入"),
    "intake.importitem": gettext_lazy("导入的一份文件"),
    "organization.unit": gettext_lazy("单位"),
    "organization.leadinggroup": gettext_lazy("班子"),
    "organization.position": gettext_lazy("岗位"),
    "accounts.account": gettext_lazy("账号"),
    "accounts.roleassignment": gettext_lazy("角色登记"),
    "accounts.grant": gettext_lazy("授权"),
    "ledger.entry": gettext_lazy("台账记录"),
    "ledger.package": gettext_lazy("校验包"),
    "demo.city": gettext_lazy("演示城市"),
}
KINDS: Mapping[str, Text] = {
    "resume": gettext_lazy("简历"),
    "post": gettext_lazy("任职"),
    "rank": gettext_lazy("职级"),
    "education": gettext_lazy("学历学位"),
    "title": gettext_lazy("专业技术职务"),
    "family": gettext_lazy("家庭成员"),
    "reward": gettext_lazy("奖励"),
    "sanction": gettext_lazy("处分和组织处理"),
    "grade": gettext_lazy("年度考核"),
    "training": gettext_lazy("培训"),
    "specialty": gettext_lazy("专长"),
    "photo": gettext_lazy("照片"),
    "form": gettext_lazy("审批表填报内容"),
    "pdf": "PDF",
    "docx": "Word",
    "lrmx": "lrmx",
    "xlsx": "Excel",
}
# Columns of the dossier and of units, and the keys that details of actions use beside them.
FIELDS: Mapping[str, Text] = {
    "account": gettext_lazy("账号"),
    "administrative_establishment": gettext_lazy("行政编制"),
    "affiliation": gettext_lazy("隶属关系"),
    "as_of": gettext_lazy("截至日期"),
    "authority": gettext_lazy("批准机关"),
    "batch": gettext_lazy("导入编号"),
    "birth": gettext_lazy("出生年月"),
    "birth_month": gettext_lazy("出生年月"),
    "birth_place": gettext_lazy("出生地"),
    "cadre": pgettext_lazy("one", "干部"),
    "cadres": gettext_lazy("人数"),
    "categories": gettext_lazy("干部类别"),
    "category": gettext_lazy("机构类别"),
    "cause": gettext_lazy("事由"),
    "changed": gettext_lazy("更新人数"),
    "code": gettext_lazy("编码"),
    "content": gettext_lazy("填报内容"),
    "count": gettext_lazy("件数"),
    "decided_on": gettext_lazy("决定日期"),
    "decision": gettext_lazy("取舍"),
    "degree_code": gettext_lazy("学位代码"),
    "degree_name": gettext_lazy("学位"),
    "degree_school": gettext_lazy("学位院校"),
    "deputy_quota": gettext_lazy("副职职数"),
    "document": gettext_lazy("文号"),
    "effective_on": gettext_lazy("生效日期"),
    "end_document": gettext_lazy("免职文号"),
    "entry": gettext_lazy("所撤销的记录"),
    "ethnicity": gettext_lazy("民族"),
    "expected": gettext_lazy("打开时的版次"),
    "field": gettext_lazy("项目"),
    "fields": gettext_lazy("项目"),
    "file": gettext_lazy("文件"),
    "files": gettext_lazy("文件数"),
    "former_names": gettext_lazy("曾用名"),
    "found": gettext_lazy("现在的版次"),
    "from": gettext_lazy("起日"),
    "full_time": gettext_lazy("全日制教育"),
    "grade": gettext_lazy("等次"),
    "group_role": gettext_lazy("班子职务"),
    "groups": gettext_lazy("更新的部分"),
    "has_shortcuts": gettext_lazy("单键快捷键"),
    "health": gettext_lazy("健康状况"),
    "height": gettext_lazy("照片高"),
    "home_unit": gettext_lazy("管理单位"),
    "hours": gettext_lazy("学时"),
    "identity_number": gettext_lazy("公民身份号码"),
    "import": gettext_lazy("导入编号"),
    "inside": gettext_lazy("所属的一段"),
    "institution": gettext_lazy("举办机构"),
    "institution_establishment": gettext_lazy("事业编制"),
    "internal_quota": gettext_lazy("内设机构领导职数"),
    "is_primary": gettext_lazy("主职"),
    "item": gettext_lazy("核对项目"),
    "items": gettext_lazy("第几份文件"),
    "key": gettext_lazy("记录的键"),
    "kin": gettext_lazy("亲属"),
    "kind": gettext_lazy("种类"),
    "leading_group": gettext_lazy("班子"),
    "level": gettext_lazy("级别"),
    "level_code": gettext_lazy("学历代码"),
    "level_name": gettext_lazy("学历"),
    "lifted_on": gettext_lazy("解除日期"),
    "management_category": gettext_lazy("管理类别"),
    "materials": gettext_lazy("依据的材料"),
    "minimum": gettext_lazy("最少字数"),
    "name": gettext_lazy("姓名或名称"),
    "native_place": gettext_lazy("籍贯"),
    "new": gettext_lazy("新增人数"),
    "note": gettext_lazy("说明"),
    "number": gettext_lazy("导入编号"),
    "office": gettext_lazy("科室"),
    "on_job": gettext_lazy("在职教育"),
    "order": gettext_lazy("次序"),
    "other_establishment": gettext_lazy("其他编制"),
    "parent": gettext_lazy("上级单位"),
    "party_joined_month": gettext_lazy("入党时间"),
    "persona": gettext_lazy("演示角色"),
    "personnel_kind": gettext_lazy("人员类别"),
    "political_affiliation": gettext_lazy("政治面貌"),
    "position": gettext_lazy("岗位"),
    "principal_quota": gettext_lazy("正职职数"),
    "purposes": gettext_lazy("用途"),
    "quota": gettext_lazy("职数"),
    "rank": gettext_lazy("职级"),
    "refused": gettext_lazy("未办成的原因"),
    "region": gettext_lazy("所在政区"),
    "rejected": gettext_lazy("未采用的部分"),
    "relation": gettext_lazy("称谓"),
    "relation_code": gettext_lazy("称谓代码"),
    "resolved": gettext_lazy("疑似重复的判定"),
    "result": gettext_lazy("核对结果"),
    "role": gettext_lazy("角色"),
    "rows": gettext_lazy("行数"),
    "school": gettext_lazy("院校系及专业"),
    "search_text": gettext_lazy("检索用字"),
    "seed": gettext_lazy("种子"),
    "setting": gettext_lazy("单位类型"),
    "sex": gettext_lazy("性别"),
    "short_name": gettext_lazy("简称"),
    "skipped": gettext_lazy("跳过人数"),
    "sort_name": gettext_lazy("排序用拼音"),
    "specialties": gettext_lazy("熟悉专业有何专长"),
    "state": gettext_lazy("认定"),
    "status": gettext_lazy("人员状态"),
    "successor": gettext_lazy("承接单位"),
    "text": gettext_lazy("内容"),
    "tie": gettext_lazy("亲属关系"),
    "tier": gettext_lazy("职务层次"),
    "title": gettext_lazy("职务"),
    "to": gettext_lazy("止日"),
    "together": gettext_lazy("一同输出人数"),
    "undone": gettext_lazy("撤销人数"),
    "unit": gettext_lazy("单位"),
    "unit_name": gettext_lazy("任职单位"),
    "unit_order": gettext_lazy("单位内排序"),
    "units": gettext_lazy("单位数"),
    "until": gettext_lazy("锁定到"),
    "username": gettext_lazy("账号名"),
    "valid_from": gettext_lazy("起"),
    "valid_to": gettext_lazy("止"),
    "width": gettext_lazy("照片宽"),
    "work": gettext_lazy("工作单位及职务"),
    "work_start": gettext_lazy("参加工作时间"),
    "work_start_month": gettext_lazy("参加工作时间"),
    "written": gettext_lazy("原样的起止"),
    "year": gettext_lazy("年度"),
}
FINDINGS: Mapping[str, Text] = {
    "gap": gettext_lazy("缺号"),
    "repeated": gettext_lazy("号重复"),
    "broken-link": gettext_lazy("与前一条接不上"),
    "hash": gettext_lazy("内容被改过"),
    "detail": gettext_lazy("明细被改过"),
    "reason": gettext_lazy("理由被改过"),
    "detail-missing": gettext_lazy("明细不见了，也没有清除它的记录"),
    "unreadable": gettext_lazy("读不出"),
    "head": gettext_lazy("末条与链头不符"),
    "head-missing": gettext_lazy("链头不见了"),
    "entries-missing": gettext_lazy("末尾的记录不见了"),
    "differs-from-checkpoint": gettext_lazy("与检查点不符"),
    "shorter-than-checkpoint": gettext_lazy("比检查点短：末尾被截去，或恢复了较早的备份"),
    "root": gettext_lazy("与检查点的总摘要不符"),
    "checkpoint-missing": gettext_lazy("检查点不见了"),
    "checkpoint-invalid": gettext_lazy("检查点的签名不成立"),
    "checkpoint-differs": gettext_lazy("检查点与外存的一份不同"),
}


def action_text(code: str) -> str:
    return str(ACTIONS.get(code, code))


def field_text(name: str) -> str:
    """A column, a kind of record, or an element of the form as the file names it."""
    known = FIELDS.get(name) or KINDS.get(name)
    if known is None and name in LABELS:
        return str(LABELS[name])
    return str(known or name)


def purpose_text(code: str) -> str:
    if code == "subject_access":
        return _("本人查阅")
    return str(PurposeChoice(code).label) if code in PurposeChoice.values else code


def stream_text(name: str) -> str:
    return str(STREAMS.get("read." if name.startswith("read.") else name, name))


def finding_text(finding: Finding) -> str:
    """`干部第 312 号起不符：内容被改过`, or what is wrong with a checkpoint."""
    words = str(FINDINGS.get(finding.code, finding.code))
    if finding.stream:
        place = {"stream": stream_text(finding.stream), "chain": finding.stream, "seq": finding.seq, "what": words}
        return _("%(stream)s（%(chain)s）第 %(seq)s 号起不符：%(what)s") % place
    return _("第 %(number)s 号检查点：%(what)s") % {"number": finding.checkpoint, "what": words}
