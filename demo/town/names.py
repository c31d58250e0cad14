"""What are the invented places called, in Chinese and in English?"""

from typing import NamedTuple


class Name(NamedTuple):
    """A name that people see: Chinese first, English second."""

    zh: str
    en: str


CITIES = (
    Name("澄湖市", "Chenghu"),
    Name("菱浦市", "Lingpu"),
    Name("荻溪市", "Dixi"),
    Name("蒲汀市", "Puting"),
    Name("芦泾市", "Lujing"),
)
LAKE = Name("澄湖", "Cheng Lake")
RIVER = Name("东澜江", "Donglan River")
MOAT = Name("环城河", "Town Moat")
CANALS = tuple(
    Name(zh, en)
    for zh, en in (
        ("荻塘", "Di Canal"),
        ("盛泾港", "Shengjing Canal"),
        ("青龙浦", "Qinglong Canal"),
        ("白荡河", "Baidang Canal"),
        ("柳巷浜", "Liuxiang Creek"),
        ("横泾塘", "Hengjing Canal"),
        ("菱湖港", "Linghu Canal"),
        ("北运河", "North Grand Canal"),
        ("漕溪", "Caoxi Canal"),
        ("南塘河", "Nantang Canal"),
        ("芦墟塘", "Luxu Canal"),
        ("出湖河", "Lake Outlet"),
    )
)
PONDS = tuple(
    Name(zh, en)
    for zh, en in (
        ("白荡", "Bai Dang"),
        ("菱荡", "Ling Dang"),
        ("莲花漾", "Lianhua Yang"),
        ("鱼池荡", "Yuchi Dang"),
        ("长漾", "Chang Yang"),
        ("雁荡", "Yan Dang"),
        ("清水漾", "Qingshui Yang"),
    )
)
RING_ROADS = (
    Name("绕城高速", "Orbital Expressway"),
    Name("环城大道", "Huancheng Avenue"),
    Name("内环路", "Inner Ring Road"),
    Name("环湖大道", "Huanhu Avenue"),
)
RADIALS = tuple(
    Name(zh, en)
    for zh, en in (
        ("迎春大道", "Yingchun Avenue"),
        ("东澜大道", "Donglan Avenue"),
        ("澄湖大道", "Chenghu Avenue"),
        ("南湖路", "Nanhu Road"),
        ("太平大道", "Taiping Avenue"),
        ("西塘大道", "Xitang Avenue"),
        ("北桥路", "Beiqiao Road"),
        ("枫桥大道", "Fengqiao Avenue"),
    )
)
SECONDARY = tuple(
    Name(zh + "路", en + " Road")
    for zh, en in (
        ("芦荡", "Ludang"),
        ("桑园", "Sangyuan"),
        ("蚕种场", "Canzhongchang"),
        ("陆家荡", "Lujiadang"),
        ("渡口", "Dukou"),
        ("稻香", "Daoxiang"),
        ("白鹭", "Bailu"),
        ("采菱", "Cailing"),
        ("莲塘", "Liantang"),
        ("鹤溪", "Hexi"),
        ("石湾", "Shiwan"),
        ("望亭", "Wangting"),
        ("槐荫", "Huaiyin"),
        ("沙洲", "Shazhou"),
        ("双桥", "Shuangqiao"),
        ("梅堰", "Meiyan"),
        ("七浦", "Qipu"),
        ("花港", "Huagang"),
        ("庄前", "Zhuangqian"),
        ("长田", "Changtian"),
        ("凤凰", "Fenghuang"),
        ("新开河", "Xinkaihe"),
        ("木棉", "Mumian"),
        ("云东", "Yundong"),
    )
)
STREET_HEADS = (
    ("平江", "Pingjiang"),
    ("观前", "Guanqian"),
    ("学士", "Xueshi"),
    ("书院", "Shuyuan"),
    ("米市", "Mishi"),
    ("染坊", "Ranfang"),
    ("桃花", "Taohua"),
    ("杏花", "Xinghua"),
    ("东斜", "Dongxie"),
    ("钟楼", "Zhonglou"),
    ("水月", "Shuiyue"),
    ("锦帆", "Jinfan"),
    ("竹辉", "Zhuhui"),
    ("定慧", "Dinghui"),
    ("临顿", "Lindun"),
    ("盘门", "Panmen"),
    ("吉庆", "Jiqing"),
    ("仓桥", "Cangqiao"),
    ("永安", "Yongan"),
    ("丝行", "Sihang"),
)
STREET_TAILS = (
    ("街", "Street"),
    ("弄", "Lane"),
    ("路", "Road"),
    ("东街", "East Street"),
    ("西街", "West Street"),
)
TUNNEL = Name("东澜江隧道", "Donglan River Tunnel")
PLANTS = tuple(
    Name(zh + "污水处理厂", en + " Wastewater Plant")
    for zh, en in (
        ("城东", "Chengdong"),
        ("福泽", "Fuze"),
        ("娄溪", "Louxi"),
        ("北塘", "Beitang"),
        ("西荡", "Xidang"),
        ("南湖", "Nanhu"),
        ("采菱", "Cailing"),
        ("石湾", "Shiwan"),
        ("高新区", "High-tech Zone"),
        ("沙洲", "Shazhou"),
        ("鹤溪", "Hexi"),
        ("梅堰", "Meiyan"),
        ("港区", "Port"),
        ("花港", "Huagang"),
        ("长田", "Changtian"),
        ("新开河", "Xinkaihe"),
    )
)
SITES = {
    "incineration": (
        Name("静脉园污泥焚烧中心", "Loop Park Sludge Incineration"),
        Name("东片污泥独立焚烧厂", "East Mono-incinerator"),
    ),
    "co_processing": (
        Name("青岭水泥窑协同处置线", "Qingling Cement Kiln"),
        Name("江湾热电协同焚烧", "Jiangwan Co-firing"),
    ),
    "landfill": (Name("七堡生活垃圾填埋场", "Qibao Landfill"), Name("北郊填埋场", "North Landfill")),
    "composting": (Name("沃田污泥堆肥场", "Wotian Composting"), Name("绿沃好氧发酵场", "Lvwo Composting")),
    "dredged_treatment": (
        Name("通沟污泥处理站", "Sewer Sludge Treatment"),
        Name("河道淤泥固化厂", "Dredged Sludge Plant"),
    ),
    "building_material": (Name("新型墙材制砖厂", "Brickworks"), Name("陶粒烧结厂", "Ceramsite Works")),
    "land_use": (Name("苗圃土地利用基地", "Nursery Land Use"), Name("矿山复绿基地", "Quarry Restoration")),
}
WHARVES = (Name("西港污泥转运码头", "West Sludge Wharf"), Name("东港污泥转运码头", "East Sludge Wharf"))
STORE = Name("北圩污泥应急暂存库", "Beiwei Licensed Sludge Store")
LOCK = Name("东澜江船闸", "Donglan River Lock")
MOORING = Name("锚泊区", "Mooring")
PLANT_OPERATORS = (
    Name("澄湖排水集团", "Chenghu Drainage Group"),
    Name("清源水务", "Qingyuan Water"),
    Name("碧澜环境", "Bilan Environment"),
    Name("泽润水处理", "Zerun Water Treatment"),
    Name("蓝汀水务", "Lanting Water"),
    Name("润和排水", "Runhe Drainage"),
    Name("沁园水处理", "Qinyuan Treatment"),
    Name("沐川水务", "Muchuan Water"),
)
HAULERS = (
    Name("通达固废运输", "Tongda Waste Haulage"),
    Name("绿程物流", "Lvcheng Logistics"),
    Name("恒捷环运", "Hengjie Environmental Transport"),
    Name("顺畅渣土运输", "Shunchang Haulage"),
)
SHIPPING = Name("东澜内河航运", "Donglan Inland Shipping")
WORKS_OPERATOR = Name("市政管网养护公司", "Municipal Sewer Maintenance")
SITE_OPERATORS = (
    Name("静脉环保能源", "Loop Energy"),
    Name("青岭建材", "Qingling Building Materials"),
    Name("七堡环境服务", "Qibao Environmental Services"),
    Name("沃田生态", "Wotian Ecology"),
    Name("通沟环境", "Tonggou Environment"),
    Name("江岸再生资源", "Jiang'an Recycling"),
)
REGULATORS = (
    ("DRAINAGE", Name("市水务局", "City Water Affairs Bureau")),
    ("ECOLOGY", Name("市生态环境局", "City Ecology and Environment Bureau")),
)
SURNAMES = "陆沈顾钱朱徐吴周许蒋"
GIVEN = ("建明", "国平", "志强", "卫东", "永福", "海根", "阿根", "小军", "金龙", "水生", "文斌", "春林")
