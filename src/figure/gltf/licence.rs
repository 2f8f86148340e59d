//! What VRM's meta, or else glTF's asset part, says about use, in plain words.

use crate::figure::Licence;
use gltf::json::Asset;
use serde::Deserialize;
use serde_json::{Map, Value};

/// `VRMC_vrm.meta` with the defaults of its specification, which forbid whatever is not allowed expressly
/// (<https://github.com/vrm-c/vrm-specification/blob/master/specification/VRMC_vrm-1.0/meta.md>).
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::figure) struct Meta1 {
    name: String,
    version: String,
    authors: Vec<String>,
    copyright_information: String,
    contact_information: String,
    references: Vec<String>,
    third_party_licenses: String,
    license_url: String,
    avatar_permission: String,
    allow_excessively_violent_usage: bool,
    allow_excessively_sexual_usage: bool,
    commercial_usage: String,
    allow_political_or_religious_usage: bool,
    allow_antisocial_or_hate_usage: bool,
    credit_notation: String,
    allow_redistribution: bool,
    modification: String,
    other_license_url: String,
}

/// Terms as pairs; those without a value are left out.
#[derive(Default)]
struct Terms(Vec<(String, String)>);

impl Terms {
    fn add(&mut self, field: &str, value: &str) {
        if !value.trim().is_empty() {
            self.0.push((field.to_owned(), value.trim().to_owned()));
        }
    }

    fn add_allowed(&mut self, field: &str, allowed: bool) {
        self.add(field, if allowed { "allowed" } else { "not allowed" });
    }
}

const VIOLENCE: &str = "It must not be used in violent scenes.";
const SEX: &str = "It must not be used in sexual scenes.";
const COMMERCE: &str = "It must not be used commercially.";
const REDISTRIBUTION: &str = "The figure itself must not be passed on.";
const CHANGED_REDISTRIBUTION: &str = "Changed versions of the figure must not be passed on.";
const UNCREDITED: &str = "It must not be shown without naming its author.";
const ONLY_AUTHOR: &str = "Only its author may perform with it.";
const ONLY_LICENSED: &str = "Only people whom its author has licensed may perform with it.";

/// The licence in VRM 1.0's meta.
pub(in crate::figure) fn v1(meta: &Meta1) -> Licence {
    let mut terms = Terms::default();
    let mut forbids: Vec<&str> = Vec::new();
    terms.add("version", &meta.version);
    terms.add("copyright", &meta.copyright_information);
    terms.add("contact", &meta.contact_information);
    terms.add("references", &meta.references.join(", "));
    terms.add("third-party licences", &meta.third_party_licenses);
    terms.add("licence", &meta.license_url);
    terms.add("other licence", &meta.other_license_url);
    let (performers, forbidden) = match meta.avatar_permission.as_str() {
        "everyone" => ("everyone", None),
        "onlySeparatelyLicensedPerson" => ("people with a separate licence", Some(ONLY_LICENSED)),
        _ => ("only its author", Some(ONLY_AUTHOR)),
    };
    terms.add("who may perform with it", performers);
    forbids.extend(forbidden);
    for (field, allowed, sentence) in [
        (
            "excessively violent use",
            meta.allow_excessively_violent_usage,
            "It must not be used in excessively violent scenes.",
        ),
        (
            "excessively sexual use",
            meta.allow_excessively_sexual_usage,
            "It must not be used in excessively sexual scenes.",
        ),
        (
            "political or religious use",
            meta.allow_political_or_religious_usage,
            "It must not be used for politics or religion.",
        ),
        (
            "antisocial use or hate",
            meta.allow_antisocial_or_hate_usage,
            "It must not be used for antisocial content or hate speech.",
        ),
    ] {
        terms.add_allowed(field, allowed);
        forbids.extend((!allowed).then_some(sentence));
    }
    let (commercial, forbidden) = match meta.commercial_usage.as_str() {
        "corporation" => ("allowed, also to companies", None),
        "personalProfit" => ("allowed to persons", Some("Companies and other organisations must not use it.")),
        _ => (
            "persons only, without profit",
            Some("It must not be used for profit, nor by companies and other organisations."),
        ),
    };
    terms.add("commercial use", commercial);
    forbids.extend(forbidden);
    if meta.credit_notation == "unnecessary" {
        terms.add("credit", "unnecessary");
    } else {
        terms.add("credit", "required");
        forbids.push(UNCREDITED);
    }
    terms.add_allowed("redistribution", meta.allow_redistribution);
    forbids.extend((!meta.allow_redistribution).then_some(REDISTRIBUTION));
    let (modification, forbidden) = match meta.modification.as_str() {
        "allowModificationRedistribution" => ("allowed, changed versions may be passed on", None),
        "allowModification" => ("allowed for own use", Some(CHANGED_REDISTRIBUTION)),
        _ => ("not allowed", Some("The figure must not be changed.")),
    };
    terms.add("modification", modification);
    forbids.extend(forbidden);
    licence(&meta.name, meta.authors.clone(), terms, &forbids)
}

/// The licence in VRM 0's meta
/// (<https://github.com/vrm-c/vrm-specification/tree/master/specification/0.0#vrm-extension-models-meta>).
pub(in crate::figure) fn v0(meta: &Map<String, Value>) -> Licence {
    let text = |field: &str| meta.get(field).and_then(Value::as_str).unwrap_or_default();
    let mut terms = Terms::default();
    let mut forbids: Vec<&str> = Vec::new();
    terms.add("version", text("version"));
    terms.add("contact", text("contactInformation"));
    terms.add("references", text("reference"));
    let (performers, forbidden) = match text("allowedUserName") {
        "OnlyAuthor" => ("only its author", Some(ONLY_AUTHOR)),
        "ExplicitlyLicensedPerson" => ("people with a separate licence", Some(ONLY_LICENSED)),
        "Everyone" => ("everyone", None),
        other => (other, None),
    };
    terms.add("who may perform with it", performers);
    forbids.extend(forbidden);
    // The misspelt field names are the specification's.
    for (name, field, sentence) in [
        ("violent use", "violentUssageName", VIOLENCE),
        ("sexual use", "sexualUssageName", SEX),
        ("commercial use", "commercialUssageName", COMMERCE),
    ] {
        match text(field) {
            "Disallow" => {
                terms.add_allowed(name, false);
                forbids.push(sentence);
            }
            "Allow" => terms.add_allowed(name, true),
            other => terms.add(name, other),
        }
    }
    terms.add("other permissions", text("otherPermissionUrl"));
    let name = text("licenseName");
    terms.add("licence", &name.replace('_', " "));
    terms.add("other licence", text("otherLicenseUrl"));
    if name == "Redistribution_Prohibited" {
        forbids.push(REDISTRIBUTION);
    }
    for sentence in creative_commons(name) {
        if !forbids.contains(&sentence) {
            forbids.push(sentence);
        }
    }
    let authors = Some(text("author")).filter(|a| !a.is_empty()).map(str::to_owned).into_iter().collect();
    licence(text("title"), authors, terms, &forbids)
}

/// What a glTF file's asset part says: `copyright`, and the `extras` in which Sketchfab writes author and licence.
pub(super) fn asset(asset: &Asset) -> Licence {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Extras {
        title: String,
        author: String,
        license: String,
        source: String,
    }
    let extras = asset.extras.as_ref().and_then(|e| serde_json::from_str::<Extras>(e.get()).ok()).unwrap_or_default();
    let mut terms = Terms::default();
    terms.add("copyright", asset.copyright.as_deref().unwrap_or_default());
    terms.add("licence", &extras.license);
    terms.add("source", &extras.source);
    let authors = Some(extras.author).filter(|a| !a.is_empty()).into_iter().collect();
    licence(&extras.title, authors, terms, &creative_commons(&extras.license))
}

/// What a Creative Commons licence forbids by its name: `CC_BY_NC_ND`, `CC-BY-4.0 (http://…)`.
fn creative_commons(name: &str) -> Vec<&'static str> {
    let conditions: Vec<&str> = name.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    if !conditions.starts_with(&["CC", "BY"]) {
        return Vec::new();
    }
    let mut forbids = vec![UNCREDITED];
    forbids.extend(conditions.contains(&"NC").then_some(COMMERCE));
    forbids.extend(conditions.contains(&"ND").then_some(CHANGED_REDISTRIBUTION));
    forbids
}

fn licence(title: &str, authors: Vec<String>, terms: Terms, forbids: &[&str]) -> Licence {
    Licence {
        title: title.trim().to_owned(),
        authors,
        terms: terms.0,
        forbids: forbids.iter().map(|s| (*s).to_owned()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_version_1_does_not_allow_it_forbids() {
        let silent = v1(&Meta1::default());
        assert_eq!(silent.forbids.len(), 9);
        let open: Meta1 = serde_json::from_str(
            r#"{"name": " A ", "authors": ["B", "C"], "licenseUrl": "https://vrm.dev/licenses/1.0/",
                "avatarPermission": "everyone", "allowExcessivelyViolentUsage": true,
                "allowExcessivelySexualUsage": true, "commercialUsage": "corporation",
                "allowPoliticalOrReligiousUsage": true, "allowAntisocialOrHateUsage": true,
                "creditNotation": "unnecessary", "allowRedistribution": true,
                "modification": "allowModificationRedistribution"}"#,
        )
        .unwrap();
        let open = v1(&open);
        assert_eq!((open.title.as_str(), open.authors.len()), ("A", 2));
        assert!(open.forbids.is_empty(), "{:?}", open.forbids);
        assert!(open.terms.contains(&("commercial use".into(), "allowed, also to companies".into())));
    }

    #[test]
    fn the_asset_part_names_author_and_licence() {
        let plain: Asset = serde_json::from_str(
            r#"{"version": "2.0", "copyright": "(c) A", "extras": {"author": "A (https://a)", "title": "T",
                "license": "CC-BY-NC-4.0 (http://creativecommons.org/licenses/by-nc/4.0/)"}}"#,
        )
        .unwrap();
        let plain = asset(&plain);
        assert_eq!((plain.title.as_str(), plain.authors.as_slice()), ("T", &["A (https://a)".to_owned()][..]));
        assert_eq!(plain.terms[0], ("copyright".into(), "(c) A".into()));
        assert_eq!(plain.forbids, [UNCREDITED, COMMERCE]);
        let odd: Asset = serde_json::from_str(r#"{"version": "2.0", "extras": "no object"}"#).unwrap();
        assert_eq!(asset(&odd), Licence::default());
    }

    #[test]
    fn version_0_forbids_by_field_and_by_licence() {
        let meta = |json: &str| v0(&serde_json::from_str(json).unwrap());
        let strict = meta(
            r#"{"title": "T", "author": "A", "allowedUserName": "OnlyAuthor", "violentUssageName": "Disallow",
                "sexualUssageName": "Disallow", "commercialUssageName": "Disallow", "licenseName": "CC_BY_NC_ND"}"#,
        );
        assert_eq!(strict.forbids, [ONLY_AUTHOR, VIOLENCE, SEX, COMMERCE, UNCREDITED, CHANGED_REDISTRIBUTION]);
        assert_eq!(meta(r#"{"licenseName": "Redistribution_Prohibited"}"#).forbids, [REDISTRIBUTION]);
        assert_eq!(meta(r#"{"licenseName": "CC_BY"}"#).forbids, [UNCREDITED]);
        assert!(meta(r#"{"allowedUserName": "Everyone", "licenseName": "CC0", "version": 3}"#).forbids.is_empty());
    }
}
