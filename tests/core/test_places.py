"""Places as real exports spell them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.core.places import (
    DEPARTMENTS,
    NEIGHBOURS,
    REGIONS,
    Department,
    department_of_postal_code,
    distance_km,
    find_city,
    find_collectivity,
    find_department,
    find_region,
    is_beyond,
    is_code,
    misspelt,
    place_name,
    understood,
)


def test_there_are_eighteen_regions_and_a_hundred_and_one_departments() -> None:
    assert len(REGIONS) == len({region.code for region in REGIONS}) == 18
    assert len(DEPARTMENTS) == len({department.code for department in DEPARTMENTS}) == 101
    assert {department.region for department in DEPARTMENTS} == set(REGIONS)


@pytest.mark.parametrize(
    ("region", "department", "city", "name"),
    [
        ("11", "75", None, "Paris"),
        (None, "2a", None, "Corse-du-Sud"),
        ("Bretagne", None, None, "Bretagne"),
        (None, "69", "Lyon", "Lyon"),
        (None, "69", "69003", "Rhône"),
        (None, "99", None, "99"),
        (None, None, "10115", "10115"),
        (None, None, None, None),
    ],
)
def test_a_place_is_shown_by_its_name(
    region: str | None, department: str | None, city: str | None, name: str | None
) -> None:
    assert place_name(region, department, city) == name


def test_positions_are_fixed_because_other_stages_use_them_as_bits() -> None:
    codes = [department.code for department in DEPARTMENTS]
    assert [region.code for region in REGIONS][:4] == ["84", "27", "53", "24"]
    assert (codes[0], codes[12], codes[-1]) == ("01", "21", "976")


def test_who_touches_is_touched_and_nobody_touches_themselves() -> None:
    for code, others in NEIGHBOURS.items():
        assert code not in others
        assert len(set(others)) == len(others)
        assert all(code in NEIGHBOURS[other] for other in others)


def test_the_regions_of_the_mainland_touch_and_islands_touch_nobody() -> None:
    name_of = {region.code: region.name for region in REGIONS}
    touching = {name_of[code]: {name_of[other] for other in others} for code, others in NEIGHBOURS.items()}
    assert touching["Bretagne"] == {"Normandie", "Pays de la Loire"}
    assert touching["Provence-Alpes-Côte d'Azur"] == {"Auvergne-Rhône-Alpes", "Occitanie"}
    assert len(touching["Île-de-France"]) == 5
    assert sum(map(len, touching.values())) == 2 * 23
    assert not {"Corse", "Guadeloupe", "Martinique", "Guyane", "La Réunion", "Mayotte"} & touching.keys()
    reached, new = set[str](), {"Bretagne"}
    while new:
        reached |= new
        new = {other for name in new for other in touching[name]} - reached
    assert reached == touching.keys()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("75", "75"),
        ("075", "75"),
        ("1", "01"),
        ("2a", "2A"),
        ("02B", "2B"),
        ("971", "971"),
        ("18 ", "18"),
        ("Seine Saint-Denis ", "93"),
        ("Val de Marne ", "94"),
        ("Paris (75)", "75"),
        ("Haute Garonne (31)", "31"),
        ("Cote d'Or (21)", "21"),
        ("Côtes d Armor ", "22"),
        ("Cher (18 )", "18"),
        ("Belfort ", "90"),
        ("Réunion", "974"),
        ("LA RÉUNION", "974"),
        ("an unknown name (33)", "33"),
    ],
)
def test_a_department_is_found_by_code_or_name_however_it_is_spelt(text: str, code: str) -> None:
    found = find_department(text)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("text", ["", "20", "96", "975", "Saint", "Seine", "0", "(99)"])
def test_what_is_no_department_is_none(text: str) -> None:
    assert find_department(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ile-de-France", "Île-de-France"),
        ("Provence-Alpes-Côte-D'Azur", "Provence-Alpes-Côte d'Azur"),
        ("Centre-Val deLoire", "Centre-Val de Loire"),
        ("Nouvelle Aquitaine", "Nouvelle-Aquitaine"),
        ("Région Bretagne", "Bretagne"),
        ("Nord-Pas-de-Calais", "Hauts-de-France"),
        ("Rhône-Alpes", "Auvergne-Rhône-Alpes"),
        ("Languedoc Roussillon", "Occitanie"),
        ("PACA", "Provence-Alpes-Côte d'Azur"),
    ],
)
def test_a_region_is_found_by_its_name_of_today_or_of_before_2016(text: str, name: str) -> None:
    found = find_region(text)
    assert found is not None
    assert found.name == name


def test_an_unknown_region_is_none() -> None:
    assert find_region("Atlantide") is None


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("N.C 92522 NEUILLY SUR SEINE CEDEX", "92"),
        ("place du général - cs 31402 76037 Rouen", "76"),
        ("97400 Saint-Denis", "974"),
        ("20000 Ajaccio", "2A"),
        ("20200 Bastia", "2B"),
        ("01000 Bourg", "01"),
    ],
)
def test_a_postal_code_gives_its_department(address: str, code: str) -> None:
    found = department_of_postal_code(address)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("address", ["", "Paris", "98000 Monaco", "123456", "97500 Saint-Pierre"])
def test_an_address_without_a_french_postal_code_gives_none(address: str) -> None:
    assert department_of_postal_code(address) is None


@pytest.mark.parametrize(
    ("city", "code"), [("Lyon 3e", "69"), ("LILLE CEDEX 9", "59"), ("saint etienne", "42"), ("Paris", "75")]
)
def test_a_large_city_gives_its_department(city: str, code: str) -> None:
    found = find_city(city)
    assert found is not None
    assert found.code == code


def test_the_seat_of_every_department_is_known() -> None:
    seats = """
        Bourg-en-Bresse; Laon; Moulins; Digne-les-Bains; Gap; Nice; Privas; Charleville-Mézières; Foix; Troyes;
        Carcassonne; Rodez; Marseille; Caen; Aurillac; Angoulême; La Rochelle; Bourges; Tulle; Ajaccio; Bastia;
        Dijon; Saint-Brieuc; Guéret; Périgueux; Besançon; Valence; Évreux; Chartres; Quimper; Nîmes; Toulouse;
        Auch; Bordeaux; Montpellier; Rennes; Châteauroux; Tours; Grenoble; Lons-le-Saunier; Mont-de-Marsan;
        Blois; Saint-Étienne; Le Puy-en-Velay; Nantes; Orléans; Cahors; Agen; Mende; Angers; Saint-Lô;
        Châlons-en-Champagne; Chaumont; Laval; Nancy; Bar-le-Duc; Vannes; Metz; Nevers; Lille; Beauvais;
        Alençon; Arras; Clermont-Ferrand; Pau; Tarbes; Perpignan; Strasbourg; Colmar; Lyon; Vesoul; Mâcon; Le
        Mans; Chambéry; Annecy; Paris; Rouen; Melun; Versailles; Niort; Amiens; Albi; Montauban; Toulon;
        Avignon; La Roche-sur-Yon; Poitiers; Limoges; Épinal; Auxerre; Belfort; Évry; Nanterre; Bobigny;
        Créteil; Cergy; Basse-Terre; Fort-de-France; Cayenne; Saint-Denis de La Réunion; Mamoudzou
    """
    assert {find_city(seat) for seat in seats.split(";")} == {*DEPARTMENTS}


def test_what_is_overseas_and_in_no_region_is_known_by_name() -> None:
    assert find_collectivity("nouvelle caledonie") == "Nouvelle-Calédonie"
    assert find_collectivity("Bretagne") is None
    assert understood("Nouvelle-Calédonie", None, "Nouméa") == ((), None)


def test_a_small_town_is_none() -> None:
    assert find_city("Trifouillis-les-Oies") is None


@given(st.text())
def test_no_text_makes_a_look_up_fail(text: str) -> None:
    find_department(text)
    find_region(text)
    find_city(text)
    department_of_postal_code(text)


@given(st.sampled_from(DEPARTMENTS), st.sampled_from([str.upper, str.lower, str.title]))
def test_every_department_is_found_by_what_it_is_called(department, change) -> None:  # type: ignore[no-untyped-def]
    assert find_department(department.code) == department
    assert find_department(f" {change(department.name).replace('-', ' ')} ") == department


@pytest.mark.parametrize(
    ("region", "department", "city", "code"),
    [
        ("Paris", None, None, "75"),
        ("Rhône", None, None, "69"),
        ("Lyon", None, None, "69"),
        (None, "Lyon", None, "69"),
        (None, "69123", None, "69"),
        (None, "20200", None, "2B"),
        (None, "75", None, "75"),
        ("Bretagne", "Lyon 3e", None, "69"),
        (None, None, "Lyon", "69"),
        ("75", None, None, None),
        ("Bretagne", None, "Lyon", None),
        ("Espagne", None, "Valence", None),
        (None, "Drôme espagnole", "Valence", None),
        (None, None, "75", None),
        ("Ile de Frnace", None, None, None),
        (None, None, None, None),
    ],
)
def test_a_place_is_understood_in_whichever_field_it_stands(
    region: str | None, department: str | None, city: str | None, code: str | None
) -> None:
    regions, found = understood(region, department, city)
    assert isinstance(found, Department | None)
    assert (found.code if found else None) == code
    assert regions == ((found.region,) if found else (find_region(region),) if region == "Bretagne" else ())


@pytest.mark.parametrize("text", ["France", "France entière", "FRANCE ENTIERE", "toute la France", "Partout en France"])
def test_the_whole_country_is_every_region(text: str) -> None:
    assert understood(text, None, None) == (REGIONS, None)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ile de Frnace", "Île-de-France"),
        ("Bretange", "Bretagne"),
        ("Seine Saint Dennis", "Seine-Saint-Denis"),
        ("Bretagne", None),
        ("Grande-Bretagne", None),
        ("Val d'Aoste", None),
        ("Vienna", None),
        ("Ein", None),
        ("", None),
    ],
)
def test_a_slip_of_the_hand_is_told_from_a_place_abroad(text: str, name: str | None) -> None:
    assert misspelt(text) == name


def test_a_code_is_no_name_and_some_codes_are_of_no_department() -> None:
    assert [text for text in ("75", "2a", " 69123 ", "Lyon", "Lyon 3", "") if is_code(text)] == ["75", "2a", " 69123 "]
    codes = ("975", "97500", "98000", "988", "99", "69", "96", "97400", "00000")
    assert [code for code in codes if is_beyond(code)] == ["975", "97500", "98000", "988", "99"]


def test_a_distance_is_a_great_circle_s() -> None:
    assert distance_km(48.8566, 2.3522, 45.764, 4.8357) == pytest.approx(391.5, abs=1.0)
    assert distance_km(10.0, 20.0, 10.0, 20.0) == 0.0
    assert distance_km(0.0, 0.0, 0.0, 180.0) == pytest.approx(20_015, abs=1.0)


@pytest.mark.parametrize(
    ("department", "city", "code"),
    [
        ("69 - Rhône", None, "69"),
        ("69 Rhône", None, "69"),
        ("2A – Corse-du-Sud", None, "2A"),
        ("974 - La Réunion", None, "974"),
        ("13 Bouches-du-Rhône", None, "13"),
        (None, "75013 Paris", "75"),
        (None, "69003 LYON", "69"),
        (None, "20000 Ajaccio", "2A"),
        (None, "97400 Saint-Denis", None),  # there is another town of that name
        (None, "10115 Berlin", None),
        (None, "75013 Lyon", None),
        ("3 ans", None, None),
        ("99 - Étranger", None, None),
    ],
)
def test_a_code_may_stand_before_the_name(department: str | None, city: str | None, code: str | None) -> None:
    found = understood(None, department, city)[1]
    assert (found and found.code) == code


def test_a_region_is_understood_where_a_department_is_asked_for() -> None:
    assert [[region.name for region in understood(None, name, None)[0]] for name in ("Corse", "Bretagne")] == [
        ["Corse"],
        ["Bretagne"],
    ]
    assert [region.name for region in understood("Bretagne", "Corse", None)[0]] == ["Bretagne"]
