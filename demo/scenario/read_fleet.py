"""Which vehicles, devices and scales does the folder register, and what did plants and sites report a day?"""

from demo.scenario.fields import Fields
from demo.scenario.folder import Folder, Read, read_csv
from demo.scenario.rows import DayRow, DeviceRow, ScaleRow, VehicleRow
from models.vocabulary import Datum, Mode, Protocol

PLANT_FIGURES = (
    "influent_m3",
    "cod_in_mg_l",
    "cod_out_mg_l",
    "bod_in_mg_l",
    "bod_out_mg_l",
    "ss_in_mg_l",
    "ss_out_mg_l",
    "stock_t",
    "stock_moisture",
    "additives_t",
)
SITE_FIGURES = (
    "processed_t",
    "processed_moisture",
    "product_t",
    "ash_t",
    "hours_run",
    "stock_t",
    "stock_moisture",
)
FRACTIONS = frozenset({"stock_moisture", "processed_moisture"})


def read_vehicles(folder: Folder) -> Read:
    """vehicles.csv."""
    return read_csv(folder, "vehicles.csv", ("id", "mode", "name"), vehicle)


def vehicle(fields: Fields) -> VehicleRow:
    mmsi = fields.optional_text("mmsi")
    if mmsi is not None and not (mmsi.isascii() and mmsi.isdigit() and len(mmsi) == 9):
        fields.refuse("mmsi", f"'{mmsi}' is not nine digits")
    active_from, active_to = fields.active_days()
    return VehicleRow(
        place=fields.place,
        code=fields.text("id"),
        mode=fields.word("mode", Mode),
        name=fields.text("name", 100),
        organisation=fields.optional_text("org"),
        tare_kg=fields.optional_number("tare_kg", above=0),
        rated_payload_kg=fields.optional_number("rated_payload_kg", above=0),
        mmsi=mmsi,
        active_from=active_from,
        active_to=active_to,
    )


def read_devices(folder: Folder) -> Read:
    """devices.csv: a row for each stay of a device on a vehicle, or for a device on none."""
    return read_csv(folder, "devices.csv", ("device_id", "protocol"), device)


def device(fields: Fields) -> DeviceRow:
    vehicle_code = fields.optional_text("vehicle_id")
    valid_from, valid_to = fields.optional_time("valid_from"), fields.optional_time("valid_to")
    if vehicle_code is not None:
        fields.missing("valid_from")
    fields.ordered("valid_from", valid_from, valid_to, "valid_to")
    return DeviceRow(
        place=fields.place,
        code=fields.text("device_id"),
        protocol=fields.word("protocol", Protocol),
        datum=fields.optional_word("datum", Datum) or Datum.WGS84,
        vehicle=vehicle_code,
        valid_from=valid_from,
        valid_to=valid_to,
    )


def read_scales(folder: Folder) -> Read:
    """scales.csv."""
    return read_csv(folder, "scales.csv", ("id", "facility"), scale)


def scale(fields: Fields) -> ScaleRow:
    return ScaleRow(
        place=fields.place,
        code=fields.text("id"),
        facility=fields.text("facility"),
        accuracy_class=fields.optional_text("class", 8),
        division_kg=fields.optional_number("division_kg", above=0),
        max_kg=fields.optional_number("max_kg", above=0),
        certificate_valid_to=fields.optional_time("certificate_valid_to"),
    )


def read_plant_days(folder: Folder) -> Read:
    """plant_days.csv."""
    return read_csv(folder, "plant_days.csv", ("facility", "date"), lambda fields: day(fields, PLANT_FIGURES))


def read_site_days(folder: Folder) -> Read:
    """site_days.csv."""
    return read_csv(folder, "site_days.csv", ("facility", "date"), lambda fields: day(fields, SITE_FIGURES))


def day(fields: Fields, names: tuple[str, ...]) -> DayRow:
    figures = {}
    for name in names:
        if name in FRACTIONS:
            figure = fields.optional_fraction(name, one_too=True)
        else:
            figure = fields.optional_number(name, least=0)
        if figure is not None:
            figures[name] = figure
    return DayRow(fields.place, fields.text("facility"), fields.day("date"), figures)
