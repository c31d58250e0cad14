"""How sure is a signature? Levels as in ISO/IEC 29115, by how the signer was known."""

from models.custody_words import Assurance, SigningMethod

LEVELS: dict[SigningMethod, Assurance] = {
    SigningMethod.PASSWORD: Assurance.HIGH,
    SigningMethod.RECENT_LOGIN: Assurance.MEDIUM,
    SigningMethod.ONE_TIME_CODE: Assurance.MEDIUM,
    SigningMethod.API_TOKEN: Assurance.MEDIUM,
    SigningMethod.EMERGENCY_PAPER: Assurance.LOW,
}


def assurance_of(method: SigningMethod) -> Assurance:
    """The level of a method."""
    return LEVELS[method]
