"""What each field of a native record means to whoever writes it: its description in the OpenAPI document.

Here and not beside the fields (matcher/records.py), where every command would read it as it starts.
"""

from collections.abc import Mapping

MEANINGS: Mapping[str, Mapping[str, str]] = {
    "OrganisationRecord": {
        "id": "Chosen by the platform; recruiters' keys and `hidden_from` name it, letter by letter.",
        "name": "As people read it.",
    },
    "LocationRecord": {
        "region": "Its name, such as `Bretagne`; `France entière` is every region.",
        "department": "Name, code or postal code, such as `Rhône`, `69` or `69003`.",
        "city": "A large town tells its département; any other is kept, and not compared.",
        "latitude": "In degrees; with `longitude`, places are compared by distance.",
        "longitude": "In degrees.",
    },
    "SalaryRecord": {
        "min": "The lowest that is offered.",
        "max": "The highest that is offered.",
    },
    "OccupationRecord": {
        "rome": "A code of the French ROME, such as `M1855`.",
        "esco": "The URI of an ESCO occupation.",
    },
    "ExperienceRecord": {
        "title": "Compared with a posting's title, beside the headline.",
        "organisation": "Kept, and not compared.",
        "start": "YYYY-MM-DD.",
        "end": "YYYY-MM-DD; absent: it still lasts, or is not known.",
        "summary": "What was done there: skills in it count as described, not only listed.",
    },
    "EducationRecord": {
        "title": "As the candidate calls it.",
        "level": "Level in the European Qualifications Framework (EQF): 6 is a bachelor's degree, 7 a master's.",
        "end": "YYYY-MM-DD.",
    },
    "PostingRecord": {
        "id": "Chosen by the caller.",
        "title": "The name of the job, as advertised; marks such as `(H/F)` do not matter.",
        "organisation": "The recruiting service; its recruiters see the posting.",
        "description": "The text of the posting: missions, team, context.",
        "qualifications": "What is expected of the candidate, in prose.",
        "skills": "Compared one by one, beside those that the prose asks for.",
        "languages": "Languages asked for, by name or code.",
        "locations": "Where the job is; any of them will do.",
        "remote": "How much remote work is possible.",
        "contracts": "The kinds of contract offered.",
        "experience_years_min": "Years of experience asked for; fewer cost score, and exclude nobody.",
        "education_level_min": "Level in the European Qualifications Framework (EQF); a lower one excludes nobody.",
        "salary_eur_year": "Gross euros a year.",
        "openings": "How many people are sought; kept, and not compared.",
        "occupation": "Codes of reference taxonomies; kept, and not compared.",
        "valid_from": "YYYY-MM-DD; before it, the posting is not matched.",
        "valid_through": "YYYY-MM-DD; after it, the posting is not matched.",
        "status": "Only open postings are matched.",
        "url": "Where the posting can be read.",
        "source": "Where the record comes from.",
    },
    "ProfileRecord": {
        "id": "Chosen by the caller; never another person's later, whose export would have this one's rankings.",
        "headline": "The job the candidate has or seeks, in a few words.",
        "summary": "What the candidate says of themselves, in prose.",
        "skills": "Compared one by one, beside those that the prose describes.",
        "experiences": "Jobs held: their titles are compared, and skills are found in their prose.",
        "education": "Degrees and courses; the highest level counts.",
        "languages": "Languages spoken, by name or code.",
        "locations": "Where the candidate would work; any of them will do.",
        "remote": "How much remote work is wished.",
        "contracts": "The kinds of contract accepted; none: any.",
        "experience_years": "In all; where absent, experience counts as average.",
        "situation": "Where the candidate comes from; kept, and not compared.",
        "available_from": "YYYY-MM-DD.",
        "salary_eur_year_min": "Gross euros a year: the least that is wished.",
        "visible_to_recruiters": "Whether recruiters may see the profile. Send true only with the candidate's consent.",
        "hidden_from": "Ids of organisations that never see the profile, letter by letter: `DINUM` is not `dinum`.",
        "consented_at": "YYYY-MM-DD: the day of the consent, from which retention counts too.",
    },
}
"""By the name of the record and of the field."""
DRAFTS: Mapping[str, str] = {
    "DraftRecord": "ProfileRecord",
    "DraftExperience": "ExperienceRecord",
    "DraftEducation": "EducationRecord",
    "DraftLocation": "LocationRecord",
}
"""What each part of a draft is once it is finished: its fields mean the same."""
