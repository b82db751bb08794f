# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""The delivery map: 31 provinces of the mainland and three more, seven of them remote (E-4.15h)."""

from __future__ import annotations

from order_ops.setup.records import make as make_record
from order_ops.setup.records import missing

REGIONS = {
	"Beijing": "北京",
	"Tianjin": "天津",
	"Hebei": "河北",
	"Shanxi": "山西",
	"Inner Mongolia": "内蒙古",
	"Liaoning": "辽宁",
	"Jilin": "吉林",
	"Heilongjiang": "黑龙江",
	"Shanghai": "上海",
	"Jiangsu": "江苏",
	"Zhejiang": "浙江",
	"Anhui": "安徽",
	"Fujian": "福建",
	"Jiangxi": "江西",
	"Shandong": "山东",
	"Henan": "河南",
	"Hubei": "湖北",
	"Hunan": "湖南",
	"Guangdong": "广东",
	"Guangxi": "广西",
	"Hainan": "海南",
	"Chongqing": "重庆",
	"Sichuan": "四川",
	"Guizhou": "贵州",
	"Yunnan": "云南",
	"Tibet": "西藏",
	"Shaanxi": "陕西",
	"Gansu": "甘肃",
	"Qinghai": "青海",
	"Ningxia": "宁夏",
	"Xinjiang": "新疆",
	"Hong Kong": "香港",
	"Macau": "澳门",
	"Taiwan": "台湾",
}
REMOTE = {"Liaoning", "Gansu", "Ningxia", "Tibet", "Xinjiang", "Yunnan", "Inner Mongolia"}


def make() -> None:
	"""Make the regions that are missing."""
	for name in missing("Ops Region", list(REGIONS)):
		make_record(
			"Ops Region", name, region_name=name, region_name_zh=REGIONS[name], is_remote=int(name in REMOTE)
		)
