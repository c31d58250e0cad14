"""Somebody at the plant guesses the driver's one-time code."""

from models.custody_words import Act
from tests.stories.custody.story import Both, Story
from tests.stories.custody.teller import Answer, Teller, weighed


def tell(teller: Teller) -> None:
    """Guessing is counted for the manifest and the address, and ends before it could succeed."""
    teller.prose(
        "驾驶员的手机没有信号，用一次性签名码在产生单位的设备上签名。产生单位想替他签，开始猜六位数字。",
        "The driver has no network and signs with a one-time code on the plant's device. Somebody at the "
        "plant wants "
        "to sign for him and begins to guess the six digits.",
    )
    number = teller.issued("plant", "M-1")
    teller.signed("plant", number, Act.LOAD, weighed=weighed(17_000))
    asked = {"number": number, "act": "depart"}
    code = teller.ask("driver", "POST", "/codes", asked).told["code"]
    limit = teller.town.setting().limits.code_wrong_per_manifest
    first, second, *others = [
        typed(teller, number, guess, language) for guess, language in guesses(code, limit)
    ]
    assert {tuple(each.codes) for each in (first, second, *others)} == {("custody.wrong_code",)}
    note(teller, number, first, second, ("猜第一、二次", "The first and second guess"))
    note(teller, number, others[-2], others[-1], (f"又猜 {len(others)} 次", f"{len(others)} more guesses"))
    teller.prose(
        f"猜错 {limit} 次之后，连真正的签名码也不再接受：须由驾驶员用自己的登录签名。",
        f"After {limit} wrong ones not even the right code is taken: the driver signs with the own login.",
    )
    locked = typed(teller, number, code, "zh"), typed(teller, number, code, "en")
    assert [each.codes for each in locked] == [["custody.too_many_codes"]] * 2
    note(teller, number, *locked, ("输入正确的签名码", "The right code is typed"))
    assert teller.whole(number)["state"] == "loaded"
    assert teller.signed("driver", number, Act.DEPART).state == "in_transit"


def guesses(code: str, count: int) -> list[tuple[str, str]]:
    """Codes near the right one, none of them right, typed on a Chinese and an English screen by turns."""
    wrong = [f"{(int(code) + step) % 1_000_000:06d}" for step in range(1, count + 1)]
    return [(guess, "en" if index % 2 else "zh") for index, guess in enumerate(wrong)]


def typed(teller: Teller, number: str, code: str, language: str) -> Answer:
    """The plant's device sends a code for the driver's act."""
    body = {"act": "depart", "proof": {"method": "one_time_code", "code": code}}
    return teller.ask("plant", "POST", f"/manifests/{number}/steps", body, language)


def note(teller: Teller, number: str, one: Answer, other: Answer, what: Both) -> None:
    """Two tries as one step of the page, which does not show the codes."""
    by_language = sorted((one, other), key=lambda answer: answer.told["title"].isascii())
    by_language[0].english = by_language[1].told
    hidden = f'POST /api/v1/manifests/{number}/steps {{"act": "depart", "proof": {{"code": "······"}}}}'
    teller.note("plant", what, hidden, by_language[0])


STORY = Story("guessed_code", ("猜一次性签名码", "A one-time code is guessed"), tell)
