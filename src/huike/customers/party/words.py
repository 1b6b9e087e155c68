"""The words by which parties are found again: headings of files, and the views all begin with."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.kernel.entity.entity import Label

SYNONYMS: dict[str, tuple[str, ...]] = {
    "name": (
        "客户",
        "客户名称",
        "姓名",
        "名称",
        "客户姓名",
        "公司名称",
        "单位名称",
        "customer",
        "customer name",
        "full name",
        "company",
        "given_name",
        "surname",
    ),
    "code": (
        "客户编号",
        "客户号",
        "编号",
        "会员号",
        "customer id",
        "customerid",
        "rec_id",
        "id",
    ),
    "phone": (
        "手机",
        "手机号",
        "手机号码",
        "电话",
        "联系电话",
        "移动电话",
        "mobile",
        "cell",
        "phone",
        "phone number",
    ),
    "telephone": ("座机", "固定电话", "办公电话", "landline", "tel"),
    "email": ("邮箱", "电子邮箱", "邮件", "e-mail", "mail"),
    "birthday": ("生日", "出生日期", "date_of_birth", "birth date", "dob"),
    "sex": ("性别", "gender"),
    "id_number": ("身份证", "身份证号", "证件号", "soc_sec_id"),
    "address": ("地址", "详细地址", "address_1", "street"),
    "district": ("区", "区县", "suburb"),
    "postcode": ("邮编", "邮政编码", "zip"),
    "province": ("省", "省份", "state"),
    "city": ("市", "城市", "town"),
    "country": ("国家", "国家地区"),
    "owner": ("客户经理", "销售顾问", "负责人", "业务员", "salesperson"),
    "level": ("客户等级", "等级", "tier"),
    "about": ("备注", "说明", "remarks", "note", "notes"),
}

VIEWS: tuple[tuple[Label, str], ...] = (
    (_("All customers"), 'filter=["is_customer","yes"]'),
    (_("My customers"), 'filter={"all":[["owner","me"],["is_customer","yes"]]}'),
    (
        _("To contact this week"),
        'filter={"all":[["owner","me"],["next_contact_on","this","week"]]}&sort=next_contact_on',
    ),
    (_("Opened lately"), "desk=recent"),
    (_("Opened most"), "desk=most"),
    (_("Pinned"), "desk=pinned"),
    (_("Companies"), 'filter=["kind","is","organisation"]'),
    (_("Suppliers"), 'filter=["is_supplier","yes"]'),
    (_("Distributors"), 'filter=["is_distributor","yes"]'),
    (_("Competitors"), 'filter=["is_competitor","yes"]'),
    (_("Partners"), 'filter=["is_partner","yes"]'),
    (_("Employees"), 'filter=["is_employee","yes"]'),
    (_("Contacts"), 'filter=["ties__kind","in",["works_at"]]'),
)
