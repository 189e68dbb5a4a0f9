"""Places with their official names, enough of them for a demo."""

from typing import NamedTuple

from matcher.core.domain import Location


class Place(NamedTuple):
    """A city and where it lies."""

    code: str
    """The département's number."""
    city: str
    department: str
    region: str

    @property
    def location(self) -> Location:
        """The place as a posting names it."""
        return Location(region=self.region, department=self.department, city=self.city)


_TABLE = {
    "Île-de-France": (
        ("75", "Paris", "Paris"),
        ("92", "Nanterre", "Hauts-de-Seine"),
        ("93", "Saint-Denis", "Seine-Saint-Denis"),
        ("94", "Créteil", "Val-de-Marne"),
        ("77", "Noisiel", "Seine-et-Marne"),
        ("78", "Versailles", "Yvelines"),
        ("91", "Évry-Courcouronnes", "Essonne"),
        ("95", "Cergy", "Val-d’Oise"),
    ),
    "Auvergne-Rhône-Alpes": (
        ("69", "Lyon", "Rhône"),
        ("38", "Grenoble", "Isère"),
        ("63", "Clermont-Ferrand", "Puy-de-Dôme"),
        ("42", "Saint-Étienne", "Loire"),
        ("74", "Annecy", "Haute-Savoie"),
    ),
    "Provence-Alpes-Côte d’Azur": (
        ("13", "Marseille", "Bouches-du-Rhône"),
        ("06", "Nice", "Alpes-Maritimes"),
        ("83", "Toulon", "Var"),
    ),
    "Occitanie": (
        ("31", "Toulouse", "Haute-Garonne"),
        ("34", "Montpellier", "Hérault"),
        ("30", "Nîmes", "Gard"),
    ),
    "Nouvelle-Aquitaine": (
        ("33", "Bordeaux", "Gironde"),
        ("87", "Limoges", "Haute-Vienne"),
        ("86", "Poitiers", "Vienne"),
        ("64", "Pau", "Pyrénées-Atlantiques"),
    ),
    "Pays de la Loire": (
        ("44", "Nantes", "Loire-Atlantique"),
        ("49", "Angers", "Maine-et-Loire"),
        ("72", "Le Mans", "Sarthe"),
    ),
    "Bretagne": (
        ("35", "Rennes", "Ille-et-Vilaine"),
        ("29", "Brest", "Finistère"),
        ("56", "Vannes", "Morbihan"),
    ),
    "Hauts-de-France": (
        ("59", "Lille", "Nord"),
        ("80", "Amiens", "Somme"),
        ("62", "Arras", "Pas-de-Calais"),
    ),
    "Grand Est": (
        ("67", "Strasbourg", "Bas-Rhin"),
        ("57", "Metz", "Moselle"),
        ("54", "Nancy", "Meurthe-et-Moselle"),
        ("51", "Reims", "Marne"),
    ),
    "Normandie": (
        ("76", "Rouen", "Seine-Maritime"),
        ("14", "Caen", "Calvados"),
    ),
    "Bourgogne-Franche-Comté": (
        ("21", "Dijon", "Côte-d’Or"),
        ("25", "Besançon", "Doubs"),
    ),
    "Centre-Val de Loire": (
        ("45", "Orléans", "Loiret"),
        ("37", "Tours", "Indre-et-Loire"),
    ),
    "Corse": (("2A", "Ajaccio", "Corse-du-Sud"),),
    "La Réunion": (("974", "Saint-Denis", "La Réunion"),),
    "Guadeloupe": (("971", "Basse-Terre", "Guadeloupe"),),
}

# The official spelling of a place has a straight apostrophe: it is a name to compare, not a text to read.
PLACES = tuple(
    Place(code, city, department.replace("’", "'"), region.replace("’", "'"))
    for region, seats in _TABLE.items()
    for code, city, department in seats
)
PLACE = {place.code: place for place in PLACES}
PARIS = PLACE["75"]
PARIS_REGION = tuple(place for place in PLACES if place.region == PARIS.region)
ELSEWHERE = tuple(place for place in PLACES if place.region != PARIS.region)
