use super::*;

#[test]
fn mistyped_fields_are_named() {
    let file = serde_json::json!({
        "name": "Mio", "colour": 3, "hair": { "length": 1.0, "lenght": 2.0 }, "eyes": { "size": 1.0 },
    });
    let params = CharacterParams::deserialize(&file).unwrap();
    assert_eq!(params.unknown_fields(&file), ["colour", "hair.lenght"]);
    for seed in 0..20 {
        let params = CharacterParams::random(seed);
        assert!(params.unknown_fields(&serde_json::to_value(&params).unwrap()).is_empty(), "{seed}");
    }
    let file = serde_json::json!({ "wear": [{ "piece": "coat", "dye": { "color": "#102030" } }] });
    let params = CharacterParams::deserialize(&file).unwrap();
    assert_eq!(params.unknown_fields(&file), ["wear.dye.color"]);
}

#[test]
fn numbers_that_make_no_figure_are_named() {
    assert_eq!(CharacterParams::default().check(), Ok(()));
    for seed in 0..300 {
        assert_eq!(CharacterParams::random(seed).check(), Ok(()), "{seed}");
    }
    for face in [1000.0, -1.0, f32::NAN, f32::INFINITY] {
        let params = CharacterParams { build: Build { face, ..Build::default() }, ..CharacterParams::default() };
        assert!(params.check().unwrap_err().contains("build.face is "), "{face}");
    }
}
