"""How are GCJ-02 and BD-09 turned into WGS 84 and back, and where are they in use?

Mainland China publishes maps in GCJ-02 (火星坐标), WGS 84 moved by a smooth offset of 100-700 m; BD-09 moves
GCJ-02 once more. Offsets differ by place and are computed for each fix. The forward formulas are public; the
inverse is found by fixed-point iteration, good to less than 1 cm (the formulas' derivative is below 0.02).
Outside the mainland nothing is moved: Hong Kong, Macau and Taiwan (with Kinmen and Matsu) are cut out of it.
"""

import numpy as np
import shapely

from models.values import BoolArray, FloatArray
from models.vocabulary import Datum

SEMI_MAJOR_M = 6_378_245.0  # Krasovsky's ellipsoid, on which GCJ-02 is defined
ECCENTRICITY2 = 0.006_693_421_622_965_943
CENTRE_LAT, CENTRE_LON = 35.0, 105.0
ROUNDS = 6  # each gains about two decimals; six end at the resolution of a double
BD_PHASE = np.pi * 3000.0 / 180.0
BD_LAT, BD_LON = 0.006, 0.0065

# Where the offset is in use: what terminals and maps do, no statement about borders. Drawn 10-40 km outside
# the land border, so that every mainland town lies inside: the usual rectangle (72-137.8 E, 0.8-55.8 N) would
# take in Seoul, Hanoi and Ulaanbaatar. (lon, lat) from the Pamirs clockwise.
OUTLINE = (
    (73.3, 39.4), (73.6, 40.2), (74.8, 40.7), (76.4, 40.6), (77.7, 41.3), (79.8, 42.2), (79.9, 42.6),
    (80.1, 43.2), (80.2, 44.3), (79.7, 44.9), (80.3, 45.3), (81.7, 45.6), (82.0, 46.0), (82.7, 47.3),
    (84.8, 47.2), (85.3, 47.3), (85.4, 48.5), (86.5, 48.8), (87.2, 49.3), (88.0, 49.3), (90.3, 48.0),
    (91.2, 46.9), (91.3, 45.5), (93.6, 45.2), (95.6, 44.5), (95.8, 43.6), (96.5, 43.0), (101.9, 42.9),
    (105.0, 42.0), (107.4, 42.7), (110.0, 42.9), (110.8, 43.6), (111.5, 43.9), (111.5, 44.7), (112.0, 45.4),
    (113.6, 45.1), (114.3, 45.7), (116.0, 46.4), (117.3, 46.8), (119.2, 47.1), (118.4, 48.2), (117.8, 48.2),
    (116.0, 48.1), (115.2, 48.2), (116.5, 50.1), (117.8, 49.8), (119.0, 50.3), (119.8, 51.6), (120.3, 52.2),
    (119.8, 52.8), (120.8, 53.6), (123.6, 53.8), (125.8, 53.3), (126.5, 52.8), (127.3, 51.4), (127.8, 50.4),
    (127.9, 49.9), (129.6, 49.7), (130.9, 49.1), (131.3, 48.0), (132.5, 48.0), (134.6, 48.6), (135.0, 48.3),
    (134.4, 47.2), (133.4, 45.0), (131.9, 45.5), (131.2, 44.9), (131.5, 43.5), (130.8, 42.3), (130.2, 42.6),
    (129.8, 42.3), (128.2, 41.9), (128.3, 41.3), (127.0, 41.5), (126.2, 40.8), (124.6, 39.9), (124.0, 39.4),
    (123.3, 38.4), (123.3, 36.6), (121.5, 34.8), (122.6, 33.0), (123.5, 31.5), (123.5, 29.5), (122.5, 27.9),
    (121.4, 26.9), (120.4, 26.0), (119.9, 25.2), (119.0, 24.2), (118.0, 23.2), (117.0, 22.5), (115.0, 22.0),
    (113.0, 21.2), (112.0, 20.7), (111.5, 19.4), (110.9, 17.9), (109.0, 17.8), (108.3, 18.6), (108.4, 20.0),
    (108.2, 21.3), (107.9, 21.45), (107.2, 21.6), (106.6, 21.8), (106.4, 22.6), (105.8, 22.8), (105.2, 23.1),
    (104.8, 22.7), (103.9, 22.3), (102.9, 22.3), (102.3, 22.3), (101.9, 22.2), (101.9, 21.0), (101.0, 21.0),
    (100.1, 21.2), (99.7, 21.8), (98.9, 22.0), (99.1, 22.8), (98.5, 23.0), (98.3, 23.7), (97.4, 23.7),
    (97.3, 24.6), (98.3, 26.0), (98.3, 27.3), (97.3, 27.9), (96.0, 28.7), (94.5, 28.7), (93.0, 27.9),
    (91.6, 27.5), (90.4, 28.0), (89.2, 27.6), (88.8, 27.2), (88.1, 27.7), (86.2, 27.7), (85.0, 28.1),
    (84.0, 28.7), (82.2, 29.8), (81.2, 29.9), (80.1, 30.4), (78.8, 31.0), (78.3, 32.2), (78.6, 33.5),
    (77.7, 35.3), (75.9, 35.7), (74.3, 37.0),
)  # fmt: skip

HONG_KONG = (  # along the Shenzhen River and Deep Bay in the north
    (113.835, 22.385), (113.870, 22.420), (113.905, 22.445), (113.945, 22.468), (113.985, 22.490),
    (114.030, 22.503), (114.050, 22.500), (114.068, 22.514), (114.085, 22.525), (114.113, 22.531),
    (114.135, 22.541), (114.152, 22.553), (114.182, 22.555), (114.205, 22.553), (114.228, 22.546),
    (114.260, 22.553), (114.330, 22.560), (114.440, 22.548), (114.502, 22.440), (114.502, 22.140),
    (113.835, 22.140),
)  # fmt: skip
MACAU = (
    (113.528, 22.200), (113.540, 22.2135), (113.551, 22.2155), (113.565, 22.214), (113.605, 22.214),
    (113.605, 22.105), (113.549, 22.105), (113.5465, 22.140), (113.537, 22.165),
)  # fmt: skip
TAIWAN = ((119.2, 21.7), (119.2, 24.0), (120.9, 25.8), (123.0, 25.8), (123.0, 21.7))
KINMEN = ((118.205, 24.36), (118.205, 24.47), (118.28, 24.535), (118.50, 24.535), (118.50, 24.36))
MATSU = ((119.89, 25.92), (119.89, 26.25), (119.95, 26.31), (120.55, 26.42), (120.55, 25.92))

MAINLAND = shapely.difference(
    shapely.Polygon(OUTLINE),
    shapely.union_all([shapely.Polygon(part) for part in (HONG_KONG, MACAU, TAIWAN, KINMEN, MATSU)]),
)
shapely.prepare(MAINLAND)
WEST, SOUTH, EAST, NORTH = 73.0, 17.0, 136.0, 54.5  # around the outline


def in_mainland(lat: FloatArray, lon: FloatArray) -> BoolArray:
    """Mask of the places (degrees) at which the offset is in use."""
    return np.asarray(shapely.contains_xy(MAINLAND, lon, lat), dtype=np.bool_)


def to_wgs84(lat: FloatArray, lon: FloatArray, datum: Datum) -> tuple[FloatArray, FloatArray]:
    """(lat, lon) WGS 84 of places told in `datum`, degrees; what lies outside the mainland stays as it is.

    Within an offset's length of the mainland's edge the true place decides on which side it is.
    """
    lat, lon = np.asarray(lat, dtype=np.float64), np.asarray(lon, dtype=np.float64)
    if datum is Datum.WGS84:
        return lat, lon
    found_lat, found_lon = lat.copy(), lon.copy()
    near = (lat > SOUTH) & (lat < NORTH) & (lon > WEST) & (lon < EAST)
    found_lat[near], found_lon[near] = undone(lat[near], lon[near], datum)
    inside = near & in_mainland(found_lat, found_lon)
    return np.where(inside, found_lat, lat), np.where(inside, found_lon, lon)


def from_wgs84(lat: FloatArray, lon: FloatArray, datum: Datum) -> tuple[FloatArray, FloatArray]:
    """(lat, lon) in `datum` of WGS 84 places, degrees; places outside the mainland stay as they are."""
    lat, lon = np.asarray(lat, dtype=np.float64), np.asarray(lon, dtype=np.float64)
    if datum is Datum.WGS84:
        return lat, lon
    inside = in_mainland(lat, lon)
    there_lat, there_lon = lat.copy(), lon.copy()
    there_lat[inside], there_lon[inside] = moved(lat[inside], lon[inside], datum)
    return there_lat, there_lon


def undone(lat: FloatArray, lon: FloatArray, datum: Datum) -> tuple[FloatArray, FloatArray]:
    """The WGS 84 places whose image in `datum` is (lat, lon), wherever they are."""
    guess_lat, guess_lon = lat, lon
    for _ in range(ROUNDS):
        image_lat, image_lon = moved(guess_lat, guess_lon, datum)
        guess_lat = guess_lat - (image_lat - lat)
        guess_lon = guess_lon - (image_lon - lon)
    return guess_lat, guess_lon


def moved(lat: FloatArray, lon: FloatArray, datum: Datum) -> tuple[FloatArray, FloatArray]:
    """The image of WGS 84 places in `datum` (GCJ-02 or BD-09), wherever they are."""
    north_deg, east_deg = gcj_offset_deg(lat, lon)
    lat, lon = lat + north_deg, lon + east_deg
    return (lat, lon) if datum is Datum.GCJ02 else bd09_of_gcj02(lat, lon)


def gcj_offset_deg(lat: FloatArray, lon: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(north, east) in degrees by which GCJ-02 differs from WGS 84 at a place."""
    x, y = lon - CENTRE_LON, lat - CENTRE_LAT
    root = np.sqrt(np.abs(x))
    ripple = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north_m += (ripple + 20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi * y / 3.0)) * 2.0 / 3.0
    north_m += (160.0 * np.sin(np.pi * y / 12.0) + 320.0 * np.sin(np.pi * y / 30.0)) * 2.0 / 3.0
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east_m += (ripple + 20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi * x / 3.0)) * 2.0 / 3.0
    east_m += (150.0 * np.sin(np.pi * x / 12.0) + 300.0 * np.sin(np.pi * x / 30.0)) * 2.0 / 3.0
    phi = np.radians(lat)
    w2 = 1.0 - ECCENTRICITY2 * np.sin(phi) ** 2
    meridian_m = SEMI_MAJOR_M * (1.0 - ECCENTRICITY2) / (w2 * np.sqrt(w2))
    parallel_m = SEMI_MAJOR_M / np.sqrt(w2) * np.cos(phi)
    return np.degrees(north_m / meridian_m), np.degrees(east_m / parallel_m)


def bd09_of_gcj02(lat: FloatArray, lon: FloatArray) -> tuple[FloatArray, FloatArray]:
    """BD-09 places of GCJ-02 places."""
    radius = np.hypot(lon, lat) + 0.000_02 * np.sin(lat * BD_PHASE)
    angle = np.arctan2(lat, lon) + 0.000_003 * np.cos(lon * BD_PHASE)
    return radius * np.sin(angle) + BD_LAT, radius * np.cos(angle) + BD_LON
