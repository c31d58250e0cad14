"""How is the benchmark of detection published? A page of tables, and plots beside it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.detection import ON_ROADS, Totals, overall, rates
from bench.detection_measure import ON_PAPER, ON_WATER, OWN
from bench.detection_noise import QUANTILES, REAL_LAG_1, REAL_M
from bench.detection_plots import Axis, by_size, delays, plot, precision_recall
from bench.detection_score import Tally, figures
from bench.detection_truths import MEASURES
from models.vocabulary import FindingKind

PAGE = "detection.md"
OF_TRACKS = (
    FindingKind.OFF_ROUTE,
    FindingKind.UNPLANNED_STOP,
    FindingKind.SIGNAL_GAP,
    FindingKind.TELEPORT,
    FindingKind.OVERDUE,
)
FEWEST_SIZED = 12  # truths of all conditions, below which a plot by size says nothing
INTRODUCTION = (
    "# 检测准确度 / How right are the findings\n\n"
    "本页由 `python -m bench detection --write docs/benchmarks` 写出，数字不作修饰。"
    "每个种子自成一座城市和一周，从未用于调参；同类工具在同一次运行中处理同一批轨迹。基准世界"
    "有 2 % 的联单违规，封闭清单上的各类轮流；分级世界每类各有若干，大小从不可检出到明显，按比例均匀。"
    "低于可检出大小（设计第 9 节与决定 0130）的事实不计对错。"
    "≤ 为 95 % 单侧精确泊松上限；方括号为按日重抽样 1,000"
    " 次的 95 % 区间；车时为无违规联单在途的时间。同类工具所得多于其自身所有：联单的时段与批准"
    "路线、全部围栏、有效的改道；按键连接用的是本系统识别的行程。"
    "\n\n"
    "Written by `python -m bench detection --write docs/benchmarks`, not edited. Every seed is a town and\n"
    "a week of its own, never used for tuning; the peers see the same tracks in the same run. Base worlds\n"
    "violate 2 % of their manifests, all kinds of the closed list in turn; graded ones hold some of every\n"
    "kind, from the undetectable to the gross, evenly by ratio. Truths below the detectable size (section 9\n"
    "of the design, and decision 0130) count neither way. ≤ is the exact one-sided 95 % Poisson\n"
    "bound; brackets are 95 % bootstrap intervals over days (1,000 rounds); vehicle-hours are those of\n"
    "clean manifests on their way. The peers are given more than they have: the paper's time windows and\n"
    "approved routes, all fences, the diversions in force; the join by key gets this project's own trips.\n"
)
PEERS = (
    "只看联单运段的工具，与本系统一起只按有联单的事实计。\n\n"
    "Tools that watch legs on paper are compared on truths and findings with a manifest, this project too.\n"
)
ROADS = (
    "真实路网（列支敦士登，OpenStreetMap），路线与绕行由 Valhalla 给出；"
    "只检验走廊规则，无联单、无停留识别。\n\n"
    "A real network (Liechtenstein, OpenStreetMap); Valhalla gives routes and detours. Only the rule of the\n"
    "corridor is at work, without paper and without visits: clean trips stand for clean manifests.\n"
)
NOISE = (
    "\n## 定位误差 / Noise\n\n"
    "合规路运的载货车到批准路线的距离（米），与实车同法计算；harsh 指高楼街谷：σ 为 1.5 倍，多径突发为"
    " 4 倍（每台约 20 分钟一次）。\n\n"
    "Metres between honest laden trucks and their approved routes, as real ones were measured. `harsh` is\n"
    "high-rise streets all day: σ half as large again, reflections four times as often (one in 20 minutes).\n"
    "The driver's lane, service roads and the bays of fuel stations are part of these distances.\n"
)
HEAD = (
    "类别 kind | 事实 truths | 报出 found | 相符 matched | P | R | F1 [95 %] | "
    "误报/100 车时 false alarms per 100 vehicle-hours (≤) | 误报/千单 per 1,000 clean manifests (≤) | "
    "延迟 delay p50 / p90, s | 起/止偏差 onset / end error p50, s"
)


def write_report(folder: Path, totals: dict[str, Totals], result: dict[str, Any]) -> None:
    """Write the page and its plots; the folder is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = dict(plots(totals))
    for name, drawing in drawn.items():
        (folder / name).write_text(drawing, encoding="utf-8")
    (folder / PAGE).write_text("\n".join([*page(totals, result), *shown(drawn)]) + "\n", encoding="utf-8")


def page(totals: dict[str, Totals], result: dict[str, Any]) -> Iterator[str]:
    """The page without its plots."""
    settings = result["settings"]
    yield INTRODUCTION
    yield f"- 设置哈希 settings hash `{settings['settings_hash']}`"
    size = f"{settings['days']} d, {settings['vehicles']} vehicles, {settings['plants']} plants"
    yield f"- 每个世界 each world: {size}"
    if settings["missing_peers"]:
        yield f"- 本次未安装 not installed in this run: {', '.join(settings['missing_peers'])}"
    yield from noise_of(totals)
    for name, each in totals.items():
        yield from condition(name, each)


def condition(name: str, totals: Totals) -> Iterator[str]:
    """The tables of one condition."""
    yield f"\n## {name}\n"
    yield f"种子 seeds: 2 % {totals.base_seeds}; 分级 graded {totals.graded_seeds}\n"
    if name == ON_ROADS:
        yield ROADS
    yield "| 项 figure | 值 value |"
    yield "|---|---|"
    for key, value in overall(totals).items():
        yield f"| {key} | {number(value, 4)} |"
    yield "\n### 本系统 / This project\n"
    yield from table([(kind, tally) for kind, tally in kinds(totals.tallies[OWN])], totals)
    if totals.base:
        yield from at_base_rate(totals)
    if totals.tallies.get(ON_WATER):
        yield "\n### 船舶 / Vessels\n"
        yield from table(kinds(totals.tallies[ON_WATER]), totals)
    if totals.negatives:
        yield from innocents(totals)
    yield "\n### 同类工具 / Peers\n"
    yield PEERS
    yield from table(list(compared(totals)), totals)


def innocents(totals: Totals) -> Iterator[str]:
    """What was raised on each sort of hard negative."""
    yield "\n### 看似异常而实属正当 / Hard negatives\n"
    yield "| 情形 sort | 次数 count | 被报 raised | 份额 share | 被报为 as |\n|---|---|---|---|---|"
    for sort in sorted(totals.negatives):
        told = totals.negatives[sort]
        said = ", ".join(f"{kind} {count}" for kind, count in told.kinds.most_common()) or "–"
        yield f"| {sort} | {told.count} | {told.raised} | {number(told.raised / told.count, 4)} | {said} |"


def noise_of(totals: dict[str, Totals]) -> Iterator[str]:
    """The simulator's own errors beside those of real trucks."""
    yield NOISE
    heads = " | ".join(f"p{100 * each:g}" if each < 1 else "max" for each in QUANTILES)
    yield f"| | {heads} | 相邻相关 lag-1 | 点数 fixes |"
    yield "|---" * (len(QUANTILES) + 3) + "|"
    real = " | ".join(number(each, 1) for each in REAL_M)
    yield f"| 实车 real trucks | {real} | {REAL_LAG_1} | – |"
    for name, each in totals.items():
        if len(each.residuals.far_m):
            own = " | ".join(number(value, 1) for value in each.residuals.quantiles_m())
            lag_1, fixes = number(each.residuals.lag_1(), 2), len(each.residuals.far_m)
            yield f"| {name} | {own} | {lag_1} | {fixes:,} |"


def compared(totals: Totals) -> Iterator[tuple[str, Tally]]:
    """Each kind that a peer knows: this project on the same truths, then the peers."""
    others = {peer: found for peer, found in sorted(totals.tallies.items()) if peer not in (OWN, ON_WATER)}
    for kind in FindingKind:
        knowing = {peer: found[kind] for peer, found in others.items() if kind in found}
        own = totals.tallies[OWN].get(kind, Tally())
        if knowing and set(knowing) <= ON_PAPER:
            yield f"**{kind}: {OWN}**", own.on_paper()
        elif knowing:
            yield f"**{kind}: {OWN}**", own
        for peer, tally in knowing.items():
            yield f"{kind}: {peer}", tally.on_paper() if peer in ON_PAPER else tally


def at_base_rate(totals: Totals) -> Iterator[str]:
    """Precision as an inspector meets it: where 2 % of the manifests are violated."""
    yield "\n### 2 % 基准世界 / The worlds at 2 % alone\n"
    yield "| 类别 kind | 事实 truths | 报出 found | 相符 matched | P | R |\n|---|---|---|---|---|---|"
    for kind, tally in kinds(totals.base.get(OWN, {})):
        told = figures(tally)
        counts = f"{told['truth']} | {told['found']} | {told['matched']}"
        yield f"| {kind} | {counts} | {number(told['precision'])} | {number(told['recall'])} |"


def kinds(found: dict[FindingKind, Tally]) -> list[tuple[str, Tally]]:
    """In the order of the closed list."""
    return [(kind.value, found[kind]) for kind in FindingKind if kind in found]


def table(rows: list[tuple[str, Tally]], totals: Totals) -> Iterator[str]:
    """One row for each kind."""
    yield f"| {HEAD} |"
    yield "|---" * (HEAD.count("|") + 1) + "|"
    for name, tally in rows:
        told = figures(tally) | rates(tally, totals)
        f1 = f"{number(told['f1'])} [{number(told['f1_low'])}, {number(told['f1_high'])}]"
        hours = f"{number(told['alarms_per_100_vehicle_hours'], 2)} "
        hours += f"(≤ {number(told['alarms_per_100_vehicle_hours_upper'], 2)})"
        delay = f"{number(told['delay_s_p50'], 0)} / {number(told['delay_s_p90'], 0)}"
        edges = f"{number(told['start_error_s_p50'], 0)} / {number(told['end_error_s_p50'], 0)}"
        counts = f"{told['truth']} | {told['found']} | {told['matched']}"
        shares = f"{number(told['precision'])} | {number(told['recall'])} | {f1}"
        clean = f"≤ {number(told['alarms_per_1000_clean_upper'], 2)}"
        yield f"| {name} | {counts} | {shares} | {hours} | {clean} | {delay} | {edges} |"


def number(value: float | int | None, digits: int = 3) -> str:
    """A figure as people read it; a dash where there is none."""
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:,.{digits}f}"


def plots(totals: dict[str, Totals]) -> Iterator[tuple[str, str]]:
    """(file name, SVG) of every plot."""
    share = Axis("precision", 1.0)
    for name, each in totals.items():
        own = each.tallies[OWN]
        curves = [precision_recall(kind.value, own[kind]) for kind in OF_TRACKS if kind in own]
        title = f"Precision and recall, {name}"
        yield f"detection_precision_{name}.svg", plot(title, Axis("recall", 1.0), share, curves)
        curves = [delays(kind.value, own[kind].hits) for kind in OF_TRACKS if kind in own]
        title = f"Found within so long of the onset, {name}"
        yield f"detection_delay_{name}.svg", plot(title, Axis("s", 600.0, 6), Axis("share", 1.0), curves)
    for place, (kind, measure) in enumerate(MEASURES.items(), start=1):
        told = {name: each.tallies[OWN].get(kind, Tally()) for name, each in totals.items()}
        if sum(len(tally.hits) + len(tally.small) for tally in told.values()) < FEWEST_SIZED:
            continue
        curves = [by_size(name, tally.hits + tally.small) for name, tally in told.items() if tally.hits]
        title = f"Share found by size, {kind.value}"
        across = Axis(f"size, {measure.unit}", measure.until)
        yield f"detection_size_{place:02}.svg", plot(title, across, Axis("share found", 1.0), curves)


def shown(drawn: dict[str, str]) -> Iterator[str]:
    """The plots, in the page."""
    yield "\n## 图 / Plots\n"
    for name, svg in drawn.items():
        title = svg.partition("<title>")[2].partition("</title>")[0]
        yield f"![{title}]({name})\n"
