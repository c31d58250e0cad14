"""What does the machine say of a story's paper? The worker's timers, paper as reported, and the findings."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

from models.vocabulary import FindingKind
from reports.wording import label
from tests.stories.custody.cast import WHO
from tests.stories.custody.story import Both, Step
from tests.stories.custody.teller import Teller
from tracking.operations.custody.run_timers import run_timers

Line = dict[str, Any]
SHOWN_OF_A_KIND = 2  # a page says how many there are and shows the first


def findings_after(teller: Teller, what: Both = ("分析", "Analysis")) -> list[Line]:
    """Analyse everything up to now and note what speaks; the findings, the most probable first."""
    teller.desk.analyse(teller.town.now.isoformat())
    chinese, english = (
        teller.desk.lines("findings", "--lang", "zh"),
        teller.desk.lines("findings", "--lang", "en"),
    )
    shown = Counter[str]()
    remarks: list[str] = []
    for mine, theirs in zip(chinese, english, strict=True):
        shown[mine["kind"]] += 1
        if shown[mine["kind"]] <= SHOWN_OF_A_KIND:
            remarks += spoken(mine, theirs)
    answer = ("未发现异常", "nothing found") if not chinese else kinds_in_words(chinese)
    known = tuple(teller.record.known(each) for each in remarks)
    call = f"sludgetrace analyse --until {teller.town.now.isoformat()}"
    teller.record.happened.append(Step(WHO["machine"], what, call, answer, known))
    return chinese


def spoken(chinese: Line, english: Line) -> list[str]:
    """One finding in both languages."""
    kind = FindingKind(chinese["kind"])
    return [
        f"**{label(kind, 'zh')}**：{' '.join(chinese['reasons'])}",
        f"**{label(kind, 'en')}**: {' '.join(english['reasons'])}",
    ]


def kinds_in_words(findings: list[Line]) -> Both:
    """How many findings of which kinds."""
    counted = Counter(FindingKind(each["kind"]) for each in findings)
    words = [
        [f"{label(kind, language)} × {count}" for kind, count in counted.items()] for language in ("zh", "en")
    ]
    return "、".join(words[0]), ", ".join(words[1])


def kinds(findings: list[Line], manifest: str | None = None) -> set[str]:
    """The kinds of findings, of one manifest where it is named."""
    return {each["kind"] for each in findings if manifest is None or manifest in each["manifests"]}


def night_passes(teller: Teller, hours: float = 12) -> None:
    """The worker's timers run on the next night, closing included."""
    teller.later(hours * 60)
    done = run_timers(teller.engine, teller.town.setting())
    what = ("定时任务（夜间办结）", "Timers, with the closing of the night")
    answer = (f"办结 {done.closed} 份", f"{done.closed} closed")
    teller.record.happened.append(Step(WHO["machine"], what, "sludgetrace worker", answer))


def paper_comes_in(teller: Teller, papers: list[Line]) -> None:
    """Paper as it was reported is loaded beside what is there: never refused for what a guard would say."""
    folder = teller.folder / f"paper-{len(teller.record.happened)}"
    teller.desk.run("export", folder)
    with (folder / "manifests.jsonl").open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(paper, ensure_ascii=False) + "\n" for paper in papers)
    teller.desk.load(folder)
    what = (
        f"按上报原样导入 {len(papers)} 份纸质联单",
        f"Paper is loaded as it was reported: {len(papers)}",
    )
    answer = ("已导入", "loaded")
    teller.record.happened.append(Step(WHO["regulator"], what, "sludgetrace load DIR", answer))


def paper(teller: Teller, number: str, vehicle: str, minutes: float = 0, **given: Any) -> Line:
    """A paper of a load that left the plant `minutes` from now and was received fifty minutes later."""
    left = teller.town.now + timedelta(minutes=minutes)
    leg = {
        "seq": 1,
        "mode": "road",
        "vehicle": vehicle,
        "from": "PLANT",
        "to": given.get("destination", "SITE"),
    }
    values: Line = {
        "number": number,
        "origin": "PLANT",
        "destination": "SITE",
        "sludge_kind": "dewatered",
        "issued_at": (left - timedelta(minutes=30)).isoformat(),
        "legs": [leg],
        "loaded": slip(17_000, 0.79) | {"at": (left - timedelta(minutes=3)).isoformat()},
        "received": slip(16_980, 0.79)
        | {"at": (left + timedelta(minutes=55)).isoformat(), "decision": "accepted"},
    }
    return values | given


def slip(net_kg: float, moisture: float) -> Line:
    """The figures of a weighing slip."""
    return {"gross_kg": 11_000 + net_kg, "tare_kg": 11_000, "moisture": moisture}
