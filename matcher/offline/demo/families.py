"""All the job families of the demo."""

from matcher.offline.demo import (
    families_data,
    families_design,
    families_infrastructure,
    families_security,
    families_software,
    families_steering,
)

FAMILIES = (
    families_data.FAMILIES
    + families_design.FAMILIES
    + families_software.FAMILIES
    + families_infrastructure.FAMILIES
    + families_steering.FAMILIES
    + families_security.FAMILIES
)
FAMILY = {family.key: family for family in FAMILIES}
