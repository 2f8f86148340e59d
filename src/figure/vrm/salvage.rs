//! What can be used of JSON that isn't in all its parts as its specification has it.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Larger JSON, and such as is broken in more places, is refused as a whole: each try reads what was kept so far.
const MOST_VALUES: usize = 20_000;
const MOST_TRIES: usize = 2_000;

/// `value` without the smallest parts that keep it from being a `T`, and how many those were.
pub(super) fn salvage<T: DeserializeOwned>(value: &Value) -> Option<(T, usize)> {
    if size(value) > MOST_VALUES {
        return None;
    }
    let (mut tries, mut broken) = (0, 0);
    let mut fits = |value: &Value| {
        tries += 1;
        tries <= MOST_TRIES && T::deserialize(value).is_ok()
    };
    let sound = sound_part(value, &mut fits, &mut broken)?;
    Some((T::deserialize(sound).ok()?, broken))
}

fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(elements) => elements.iter().map(size).sum(),
        Value::Object(members) => members.values().map(size).sum(),
        _ => 0,
    }
}

/// As much of `value` as `fits`, built up member by member where it fits when it is empty, else without the one member that
/// it can be without; `None`: there is no such form.
fn sound_part(value: &Value, fits: &mut dyn FnMut(&Value) -> bool, broken: &mut usize) -> Option<Value> {
    if fits(value) {
        return Some(value.clone());
    }
    let empty = match value {
        Value::Object(_) => Value::Object(Map::new()),
        Value::Array(_) => Value::Array(Vec::new()),
        _ => Value::Null,
    };
    if empty.is_null() || !fits(&empty) {
        for (name, member) in value.as_object().into_iter().flatten() {
            let mut others = value.as_object().cloned().unwrap_or_default();
            others.remove(name);
            if !fits(&Value::Object(others.clone())) {
                continue;
            }
            let mut with = |member: &Value| {
                let mut all = others.clone();
                all.insert(name.clone(), member.clone());
                fits(&Value::Object(all))
            };
            if let Some(member) = sound_part(member, &mut with, broken) {
                others.insert(name.clone(), member);
            }
            return Some(Value::Object(others));
        }
        *broken += 1;
        return None;
    }
    Some(match value {
        Value::Object(members) => {
            let mut kept = Map::new();
            for (name, member) in members {
                let mut with = |member: &Value| {
                    let mut kept = kept.clone();
                    kept.insert(name.clone(), member.clone());
                    fits(&Value::Object(kept))
                };
                if let Some(member) = sound_part(member, &mut with, broken) {
                    kept.insert(name.clone(), member);
                }
            }
            Value::Object(kept)
        }
        Value::Array(elements) => {
            let mut kept = Vec::new();
            for element in elements {
                let mut with = |element: &Value| {
                    let mut kept = kept.clone();
                    kept.push(element.clone());
                    fits(&Value::Array(kept))
                };
                if let Some(element) = sound_part(element, &mut with, broken) {
                    kept.push(element);
                }
            }
            Value::Array(kept)
        }
        _ => empty,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::json;
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq, Default, Deserialize)]
    #[serde(default)]
    struct Sheet {
        name: String,
        parts: BTreeMap<String, Part>,
        colours: Vec<[f32; 3]>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Part {
        node: usize,
        #[serde(default)]
        weights: Vec<f32>,
    }

    #[test]
    fn only_what_is_broken_is_lost() {
        let (sheet, broken) = salvage::<Sheet>(&json!({
            "name": 7,
            "parts": {"a": {"node": 1, "weights": [1, "heavy", 3]}, "b": {"node": -1}, "c": null, "d": {"node": 4}},
            "colours": [[1, 2, 3], [1, 2], "red"],
        }))
        .unwrap();
        let part = |node, weights: &[f32]| Part { node, weights: weights.to_vec() };
        let parts = BTreeMap::from([("a".into(), part(1, &[1.0, 3.0])), ("d".into(), part(4, &[]))]);
        assert_eq!(sheet, Sheet { name: String::new(), parts, colours: vec![[1.0, 2.0, 3.0]] });
        assert_eq!(broken, 6);
        assert_eq!(salvage::<Sheet>(&json!({"name": "x"})).unwrap().1, 0);
    }

    #[test]
    fn what_is_broken_all_over_takes_no_time() {
        assert!(salvage::<Sheet>(&json!("not a sheet at all")).is_none());
        let broken: Vec<Value> = (0..19_000).map(|i| if i % 2 == 0 { json!([0, 0, 0]) } else { json!(i) }).collect();
        let begun = std::time::Instant::now();
        salvage::<Sheet>(&json!({"colours": broken}));
        assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    }
}
