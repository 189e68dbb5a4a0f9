"""French regions and départements: names, codes, and which lies in which.

Every look-up folds its text first (case, accents, hyphens, apostrophes and spaces don't count), so that
`Seine Saint-Denis `, `Cote d'Or (21)` and `Centre-Val deLoire`, all seen in real exports, find their place.

Source: INSEE, code officiel géographique 2021 (regions as of 2016, with the names they replaced).
"""

import math
import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from matcher.core.letters import fold


@dataclass(frozen=True, slots=True)
class Region:
    """One of the eighteen regions. `code` is INSEE's."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Department:
    """One of the 101 départements. `code` is INSEE's: `01` to `95` with `2A` and `2B`, `971` to `976`."""

    code: str
    name: str
    region: Region


# Region, the names it had before 2016 or is known by, and its départements. The order is part of the contract:
# eligibility uses positions as bits, and the snapshots hold them. Append, never reorder.
_GEOGRAPHY = """
84 Auvergne-Rhône-Alpes = Auvergne, Rhône-Alpes, AURA
01 Ain; 03 Allier; 07 Ardèche; 15 Cantal; 26 Drôme; 38 Isère; 42 Loire; 43 Haute-Loire; 63 Puy-de-Dôme; 69 Rhône; \
73 Savoie; 74 Haute-Savoie
27 Bourgogne-Franche-Comté = Bourgogne, Franche-Comté
21 Côte-d'Or; 25 Doubs; 39 Jura; 58 Nièvre; 70 Haute-Saône; 71 Saône-et-Loire; 89 Yonne; 90 Territoire de Belfort
53 Bretagne = Brittany
22 Côtes-d'Armor; 29 Finistère; 35 Ille-et-Vilaine; 56 Morbihan
24 Centre-Val de Loire = Centre
18 Cher; 28 Eure-et-Loir; 36 Indre; 37 Indre-et-Loire; 41 Loir-et-Cher; 45 Loiret
94 Corse = Corsica
2A Corse-du-Sud; 2B Haute-Corse
44 Grand Est = Alsace, Champagne-Ardenne, Lorraine, Alsace-Champagne-Ardenne-Lorraine
08 Ardennes; 10 Aube; 51 Marne; 52 Haute-Marne; 54 Meurthe-et-Moselle; 55 Meuse; 57 Moselle; 67 Bas-Rhin; \
68 Haut-Rhin; 88 Vosges
32 Hauts-de-France = Nord-Pas-de-Calais, Picardie, Nord-Pas-de-Calais-Picardie
02 Aisne; 59 Nord; 60 Oise; 62 Pas-de-Calais; 80 Somme
11 Île-de-France = IDF, Région parisienne
75 Paris; 77 Seine-et-Marne; 78 Yvelines; 91 Essonne; 92 Hauts-de-Seine; 93 Seine-Saint-Denis; 94 Val-de-Marne; \
95 Val-d'Oise
28 Normandie = Basse-Normandie, Haute-Normandie, Normandy
14 Calvados; 27 Eure; 50 Manche; 61 Orne; 76 Seine-Maritime
75 Nouvelle-Aquitaine = Aquitaine, Limousin, Poitou-Charentes, Aquitaine-Limousin-Poitou-Charentes
16 Charente; 17 Charente-Maritime; 19 Corrèze; 23 Creuse; 24 Dordogne; 33 Gironde; 40 Landes; 47 Lot-et-Garonne; \
64 Pyrénées-Atlantiques; 79 Deux-Sèvres; 86 Vienne; 87 Haute-Vienne
76 Occitanie = Languedoc-Roussillon, Midi-Pyrénées, Languedoc-Roussillon-Midi-Pyrénées
09 Ariège; 11 Aude; 12 Aveyron; 30 Gard; 31 Haute-Garonne; 32 Gers; 34 Hérault; 46 Lot; 48 Lozère; \
65 Hautes-Pyrénées; 66 Pyrénées-Orientales; 81 Tarn; 82 Tarn-et-Garonne
52 Pays de la Loire =
44 Loire-Atlantique; 49 Maine-et-Loire; 53 Mayenne; 72 Sarthe; 85 Vendée
93 Provence-Alpes-Côte d'Azur = PACA, Région Sud
04 Alpes-de-Haute-Provence; 05 Hautes-Alpes; 06 Alpes-Maritimes; 13 Bouches-du-Rhône; 83 Var; 84 Vaucluse
01 Guadeloupe =
971 Guadeloupe
02 Martinique =
972 Martinique
03 Guyane = Guyane française, French Guiana
973 Guyane
04 La Réunion = Réunion
974 La Réunion
06 Mayotte =
976 Mayotte
"""

_OTHER_DEPARTMENT_NAMES = {
    "Belfort": "90",
    "Guyane française": "973",
    "Réunion": "974",
    "Île de la Réunion": "974",
    "Métropole de Lyon": "69",
    "Corse Sud": "2A",
    # The tail of an address's postal code is not a département's code: Saint-Martin and Saint-Barthélemy are not here.
}

_CITIES = """
75 Paris; 13 Marseille, Aix-en-Provence, Aix; 69 Lyon, Villeurbanne; 31 Toulouse; 06 Nice, Cannes, Antibes; 44 Nantes, \
Saint-Nazaire; 34 Montpellier, Béziers; 67 Strasbourg; 33 Bordeaux, Mérignac, Pessac; 59 Lille, Roubaix, Tourcoing, \
Villeneuve-d'Ascq, Dunkerque, Valenciennes; 35 Rennes; 51 Reims; 42 Saint-Étienne; 83 Toulon; 76 Le Havre, Rouen; \
38 Grenoble; 21 Dijon; 49 Angers; 30 Nîmes; 63 Clermont-Ferrand; 72 Le Mans; 29 Brest, Quimper; 37 Tours; 80 Amiens; \
87 Limoges; 74 Annecy; 66 Perpignan; 25 Besançon; 57 Metz; 45 Orléans; 68 Mulhouse, Colmar; 14 Caen; 54 Nancy; \
84 Avignon; 86 Poitiers; 17 La Rochelle; 64 Pau, Bayonne; 56 Vannes, Lorient; 62 Calais, Arras; 10 Troyes; \
73 Chambéry; 26 Valence; 18 Bourges; 85 La Roche-sur-Yon; 27 Évreux; 50 Cherbourg; 28 Chartres; 16 Angoulême; \
02 Laon; 08 Charleville-Mézières; 90 Belfort; 2A Ajaccio; 2B Bastia; 93 Saint-Denis, Montreuil, Bobigny, \
Aubervilliers, Noisy-le-Grand; 95 Argenteuil, Cergy, Cergy-Pontoise; 92 Boulogne-Billancourt, Nanterre, Courbevoie, \
La Défense, Neuilly-sur-Seine, Issy-les-Moulineaux, Malakoff; 94 Créteil, Vitry-sur-Seine, Vincennes, Arcueil; \
78 Versailles; 91 Évry, Évry-Courcouronnes, Massy; 77 Melun, Meaux, Marne-la-Vallée; 971 Pointe-à-Pitre, \
Basse-Terre; 972 Fort-de-France; 973 Cayenne; 974 Saint-Pierre, Saint-Denis de La Réunion; 976 Mamoudzou
"""
# Saint-Denis is also La Réunion's capital: without a postal code, the one named in nine French texts of ten is taken.
_TOWNS = """
01 Bourg-en-Bresse; 02 Saint-Quentin, Soissons; 03 Moulins, Vichy, Montluçon; 04 Digne-les-Bains, Manosque; 05 Gap, \
Briançon; 06 Grasse, Sophia Antipolis, Valbonne; 07 Privas; 09 Foix; 11 Carcassonne, Narbonne; 12 Rodez; 13 \
Martigues, Arles, Salon-de-Provence; 14 Lisieux; 15 Aurillac; 17 Rochefort, Saintes; 18 Vierzon; 19 Tulle, \
Brive-la-Gaillarde, Brive; 21 Beaune; 22 Saint-Brieuc, Lannion; 23 Guéret; 24 Périgueux, Bergerac; 25 Montbéliard; \
26 Montélimar; 28 Dreux; 29 Morlaix, Concarneau; 30 Alès; 31 Blagnac, Colomiers, Labège; 32 Auch; 33 Libourne; 34 \
Sète; 35 Saint-Malo, Cesson-Sévigné; 36 Châteauroux; 39 Lons-le-Saunier, Dole; 40 Mont-de-Marsan; 41 Blois; 42 \
Roanne; 43 Le Puy-en-Velay; 44 Saint-Herblain; 45 Montargis; 46 Cahors; 47 Agen; 48 Mende; 49 Cholet, Saumur; 50 \
Saint-Lô, Cherbourg-en-Cotentin; 51 Châlons-en-Champagne, Épernay; 52 Chaumont; 53 Laval; 55 Bar-le-Duc, Verdun; 57 \
Thionville, Sarreguemines; 58 Nevers; 59 Douai, Cambrai, Maubeuge; 60 Beauvais, Compiègne, Creil, Senlis; 61 \
Alençon; 62 Boulogne-sur-Mer, Lens, Béthune; 64 Biarritz, Anglet; 65 Tarbes; 67 Haguenau, Sélestat; 69 Vénissieux, \
Villefranche-sur-Saône; 70 Vesoul; 71 Mâcon, Chalon-sur-Saône, Le Creusot; 74 Annemasse, Thonon-les-Bains; 76 \
Dieppe; 77 Fontainebleau; 78 Saint-Germain-en-Laye, Saint-Quentin-en-Yvelines, Guyancourt, Vélizy-Villacoublay; 79 \
Niort; 80 Abbeville; 81 Albi, Castres; 82 Montauban; 83 Fréjus, Draguignan, Hyères; 84 Carpentras; 86 Châtellerault; \
88 Épinal; 89 Auxerre, Sens; 91 Palaiseau, Orsay, Saclay, Gif-sur-Yvette; 92 Levallois-Perret, Clichy, \
Rueil-Malmaison, Puteaux, Suresnes, Montrouge, Clamart, Saint-Cloud, Vanves, Bagneux, Antony, \
Gennevilliers, Asnières-sur-Seine; 93 Pantin, Saint-Ouen, Saint-Ouen-sur-Seine, Rosny-sous-Bois, Aulnay-sous-Bois, \
Bondy, Drancy; 94 Ivry-sur-Seine, Charenton-le-Pont, Maisons-Alfort, Fontenay-sous-Bois, Saint-Maur-des-Fossés, \
Villejuif, Le Kremlin-Bicêtre, Cachan, Nogent-sur-Marne, Rungis; 95 Pontoise, Sarcelles
"""
# The other préfectures, and towns where the State has services. What is a slip away from one of them is no town.

_EVERYWHERE = frozenset("france franceentiere toutelafrance touteslesregions partoutenfrance".split())
"""Folded names of the whole country."""
_COLLECTIVITIES = {
    fold(name): name
    for name in (
        "Nouvelle-Calédonie", "Polynésie française", "Wallis-et-Futuna", "Saint-Pierre-et-Miquelon", "Saint-Barthélemy",
        "Polynésie", "Nouméa", "Papeete", "Tahiti",
    )
}  # fmt: skip
"""Places overseas that lie in no région; Saint-Martin is not here, for it is a town and a name, too."""
_SHORTEST_SLIP = 6
_SLIP = 0.87
"""How alike two folded names must be (Ratcliff and Obershelp's ratio) for one to be the other, misspelt."""
_SHORTEST_CITY = 5
"""Letters of a town's name that may be misspelt; so short a one is, where a letter stands twice: `Parris`."""
_NO_SLIPS = frozenset(
    """
    accueil aliens amens amies amines angels anger anges anglers angles bardeaux baronne bastian bouges bourdes
    bourget bourgs bourres bourses chamber chambers chantres charters chartes chartre collar colmars lorien nantie
    nanties nantis poitier portiers potiers reines renes renne rennies rentes
    """.split()
)
"""Words, names and other places, folded, that are a slip away from a town's name."""
EARTH_KM = 6371.0

_BEYOND = re.compile(r"(?:97[578]|98[0-9]|99[0-9]?)[0-9]{0,2}")
_ANY_CODE = re.compile(r"[0-9]+|0?2[abAB]")
_CODE = re.compile(r"(?<![0-9A-Za-z])(?:0?(2[abAB])|0?([0-9]{1,2})|(97[1-46]))(?![0-9A-Za-z])")
_LEADING_CODE = re.compile(r"^0?(?:2[abAB]|[0-9]{1,2}|97[1-46])(?:\s*[-–—]\s*|\s+)(?=[^\W\d_])")
_BRACKETED_CODE = re.compile(r"\(\s*([0-9]{1,3}|2[abAB])\s*\)")
_POSTAL_CODE = re.compile(r"(?<![0-9])((?:0[1-9]|[1-8][0-9]|9[0-57])[0-9]{3})(?![0-9])")
_FIVE_DIGITS = re.compile(r"\s*[0-9]{5}(?![0-9])")
_SAINT = re.compile(r"\bst(e?)\b[\s.-]+", re.IGNORECASE)
_CITY_TAIL = re.compile(r"\s+(?:cedex\b.*|[0-9]{1,2}(?:e|er|ème)?(?:\s+arrondissement)?)$", re.IGNORECASE)


def _parse(geography: str) -> tuple[tuple[Region, ...], tuple[Department, ...], dict[str, Region]]:
    regions: list[Region] = []
    departments: list[Department] = []
    by_name: dict[str, Region] = {}
    lines = geography.strip().splitlines()
    for head, tail in zip(lines[::2], lines[1::2], strict=True):
        names, _, others = head.partition("=")
        code, _, name = names.strip().partition(" ")
        region = Region(code, name)
        regions.append(region)
        by_name |= {fold(other): region for other in (name, *others.split(",")) if other.strip()}
        for entry in tail.split(";"):
            department_code, _, department_name = entry.strip().partition(" ")
            departments.append(Department(department_code, department_name, region))
    return tuple(regions), tuple(departments), by_name


NEIGHBOURS = {
    code: tuple(others.split())
    for code, others in {
        "84": "27 24 75 76 93",
        "27": "84 24 11 44",
        "53": "28 52",
        "24": "28 11 27 84 75 52",
        "44": "32 11 27",
        "32": "28 11 44",
        "11": "32 44 27 24 28",
        "28": "53 52 24 11 32",
        "75": "52 24 84 76",
        "76": "75 84 93",
        "52": "53 28 24 75",
        "93": "84 76",
    }.items()
}
"""The regions that touch each region by land, by code; Corsica and those overseas touch none."""

REGIONS, DEPARTMENTS, _REGION_BY_NAME = _parse(_GEOGRAPHY)
"""Eighteen regions and 101 départements in a fixed order: other stages use the positions as bits."""

_DEPARTMENT_BY_CODE = {department.code: department for department in DEPARTMENTS}
_DEPARTMENT_BY_NAME = {fold(department.name): department for department in DEPARTMENTS} | {
    fold(name): _DEPARTMENT_BY_CODE[code] for name, code in _OTHER_DEPARTMENT_NAMES.items()
}
_NAMES = {fold(name): name for name in [place.name for place in REGIONS] + [place.name for place in DEPARTMENTS]}
_CITY = {
    fold(city): _DEPARTMENT_BY_CODE[code]
    for code, _, cities in (entry.strip().partition(" ") for entry in f"{_CITIES};{_TOWNS}".split(";"))
    for city in cities.split(",")
}
_CITY_NAMES = {
    fold(city): city.strip() for entry in _CITIES.split(";") for city in entry.strip().partition(" ")[2].split(",")
}
_CITIES_BY_LETTER = {
    letter: [name for name in _CITY_NAMES if name[0] == letter and len(name) >= _SHORTEST_CITY]
    for letter in {name[0] for name in _CITY_NAMES}
}

_BEGINNINGS = frozenset(key[:3] for key in (*_CITY, *_DEPARTMENT_BY_NAME, *_REGION_BY_NAME, *_COLLECTIVITIES, "region"))


def may_begin(text: str) -> bool:
    """Tell whether a name that can be found may stand at the beginning of a text; false is certain."""
    head = text[:8].lstrip()
    return fold(_SAINT.sub(r"saint\1-", head) if head[:2].casefold() == "st" else head)[:3] in _BEGINNINGS


@lru_cache(maxsize=4096)
def find_department(text: str) -> Department | None:
    """Return the département that a code (`75`, `075`, `2a`, `1`) or a name (`Cote d'Or (21)`, `69 - Rhône`) means.

    None where it means none.

    Where a name and a code stand together the name decides; a bracketed code only if the name is unknown.
    """
    stripped = _SAINT.sub(r"saint\1-", text.strip())
    if code := _CODE.fullmatch(stripped):
        corsican, short, overseas = code.groups()
        return _DEPARTMENT_BY_CODE.get((corsican or overseas or short.zfill(2)).upper())
    stripped = _LEADING_CODE.sub("", stripped)
    bracketed = _BRACKETED_CODE.search(stripped)
    name = _BRACKETED_CODE.sub("", stripped) if bracketed else stripped
    found = _DEPARTMENT_BY_NAME.get(fold(name))
    return found or (find_department(bracketed.group(1)) if bracketed else None)


@lru_cache(maxsize=1024)
def find_region(text: str) -> Region | None:
    """Return the region of that name, today's or one from before 2016, or None.

    INSEE's region codes are not looked up: most of them are some département's code too.
    """
    key = fold(text)
    return _REGION_BY_NAME.get(key) or _REGION_BY_NAME.get(key.removeprefix("region"))


def understood(
    region: str | None, department: str | None, city: str | None
) -> tuple[tuple[Region, ...], Department | None]:
    """Return the regions and the département that a record's place means, as far as they are known.

    A postal code, a town or a region where a département is asked for, a département or a town where a region is, and a
    town by itself, behind its postal code too, are understood; `France entière` is every region. A département brings
    its region.
    """
    found = (find_department(department) or _town(department)) if department else None
    regions = _regions(region) if region else ()
    if department and not found:
        regions = regions or _regions(department)
    if not found and not regions:
        # A town beside a region that is not known may be another country's.
        name = region or ("" if department else city)
        found = None if not name or is_code(name) else (find_department(name) or _town(name))
    return ((found.region,), found) if found else (regions, None)


def place_name(region: str | None, department: str | None, city: str | None) -> str | None:
    """Return a record's place as people call it, as near as it is known: Paris for the code 75; None without any."""
    if city and not is_code(city):
        return city
    named = find_department(department) if department else None
    return named.name if named else department or region or city


def is_code(text: str) -> bool:
    """Tell whether a text is a number or a code, and no name."""
    return bool(_ANY_CODE.fullmatch(text.strip()))


def is_beyond(code: str) -> bool:
    """Tell whether a code is one of those that stand for no département: collectivities overseas, Monaco, abroad."""
    return bool(_BEYOND.fullmatch(code.strip()))


def find_collectivity(text: str) -> str | None:
    """Return the name of the place overseas, in no région, that a text means, or None: it is compared with nothing."""
    return _COLLECTIVITIES.get(fold(text))


@lru_cache(maxsize=1024)
def misspelt(text: str) -> str | None:
    """Return the name of the region or département that a text most likely means by a slip of the hand, or None."""
    folded = fold(text)
    close = [] if len(folded) < _SHORTEST_SLIP else get_close_matches(folded, _NAMES, n=1, cutoff=_SLIP)
    return _NAMES[close[0]] if close and close[0] != folded else None


def distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Return the great-circle distance of two points in degrees (haversine)."""
    one, other = math.radians(latitude), math.radians(other_latitude)
    turn = math.radians(longitude - other_longitude)
    chord = math.sin((one - other) / 2) ** 2 + math.cos(one) * math.cos(other) * math.sin(turn / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(chord, 1.0)))


def _regions(text: str) -> tuple[Region, ...]:
    if found := find_region(text):
        return (found,)
    return REGIONS if fold(text) in _EVERYWHERE else ()


def _town(text: str) -> Department | None:
    if text.strip().isdigit():
        return department_of_postal_code(text)
    if not (code := _FIVE_DIGITS.match(text)):
        return find_city(text)
    # Other countries have such codes, too: 10115 is Berlin.
    town = find_city(text[code.end() :])
    return town if town == department_of_postal_code(code[0]) else None


def departments_within(region: str | None, department: str | None, city: str | None) -> frozenset[str]:
    """Return the codes of all départements in which a record's place may lie: one, its region's, or none if unknown."""
    regions, one = understood(region, department, city)
    return frozenset({one.code} if one else (other.code for other in DEPARTMENTS if other.region in regions))


def department_of_postal_code(text: str) -> Department | None:
    """Return the département of the last postal code in an address, or None.

    The last, because what stands before it may be a number of five digits too (a post-box), and a town follows it.
    """
    codes = _POSTAL_CODE.findall(text)
    if not codes:
        return None
    code = codes[-1]
    if code.startswith("97"):
        return _DEPARTMENT_BY_CODE.get(code[:3])
    if code.startswith("20"):
        return _DEPARTMENT_BY_CODE["2A" if code < "20200" else "2B"]
    return _DEPARTMENT_BY_CODE.get(code[:2])


@lru_cache(maxsize=4096)
def find_city(text: str) -> Department | None:
    """Return the département of one of the large cities (`Lyon 3e`, `LILLE CEDEX`, `St-Denis`), or None."""
    return _CITY.get(fold(_SAINT.sub(r"saint\1-", _CITY_TAIL.sub("", text.strip()))))


@lru_cache(maxsize=1024)
def misspelt_city(text: str) -> str | None:
    """Return the one large city of which a word is a slip of the hand away, or None: `marseile`, `bordaux`, `Parris`.

    A slip is a letter more or less, another one, or two that have changed places; never the first, which people get
    right, and where other words begin (`palais`, `orient`).
    """
    folded = fold(text)
    if folded in _CITY or folded in _NO_SLIPS:
        return None
    meant = [name for name in _CITIES_BY_LETTER.get(folded[:1], ()) if _is_slip(folded, name)]
    return _CITY_NAMES[meant[0]] if len(meant) == 1 else None


def _is_slip(written: str, name: str) -> bool:
    """Tell whether one slip lies between a folded word and another folded name that begins with the same letter."""
    shorter = min(len(written), len(name))
    alike = next((at for at in range(shorter) if written[at] != name[at]), shorter)
    left, right = written[alike:], name[alike:]
    if len(name) == _SHORTEST_CITY:
        return left[1:] == right and left[:1] == written[alike - 1]
    swapped = left[1::-1] == right[:2] and left[2:] == right[2:]
    return swapped or left[1:] == right[1:] or left[1:] == right or left == right[1:]


def forget() -> None:
    """Drop the texts that were looked up: a search may have held somebody's name, and they may have been erased."""
    for find in (find_department, find_region, find_city, misspelt, misspelt_city):
        find.cache_clear()
