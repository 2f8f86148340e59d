//! The renderer of CoNR's paper and three of its ablations against `tests/reference/cinn.py`, with weights that follow from a
//! rule (`cinn.npz`): pictures, and the gradient of every tensor.

use crate::common::Npz;
use crate::common::rule::uniform;
use candle_core::{DType, Device, Tensor, Var};
use candle_nn::{AdamW, Optimizer as _, VarBuilder};
use settei::cinn::detector::{both, result};
use settei::cinn::wiring::renderer;
use settei::cinn::{Backbone, Design};
use settei::nn::DeviceChoice;
use settei::nn::kernels::{Batch, Pool};
use settei::nn::layers::{LearningNet, Net, Parameter, TensorNet};
use settei::train::{CinnLesson, Collaborating, Settings, Study, Taught};
use std::collections::BTreeMap;

const SHEETS: usize = 2;
const VIEWS: usize = 3;
const SIZE: usize = 32;

fn by_rule(name: &str, count: usize) -> Vec<f32> {
    uniform(&format!("cinn/{name}"), count)
}

fn values(net: &LearningNet) -> Vec<f32> {
    let of = |Parameter { name, at, shape, .. }: &Parameter| {
        let (factor, level) = match shape[..] {
            [_] => (0.2, f32::from(u8::from(name.ends_with("gain")))),
            _ => ((6.0 / shape[1..].iter().product::<usize>() as f32).sqrt(), 0.0),
        };
        by_rule(name, at.len()).into_iter().map(move |v| level + factor * v).collect::<Vec<_>>()
    };
    net.parameters().iter().flat_map(of).collect()
}

/// Pictures that PyTorch has as N×C×H×W.
fn batch(planes: &[f32], channels: usize, factor: f32, pool: &Pool) -> Batch {
    let area = SIZE * SIZE;
    let mut batch = pool.take([planes.len() / (channels * area), SIZE, SIZE, channels]);
    for (i, pixel) in batch.pixels_mut().enumerate() {
        (0..channels).for_each(|c| pixel[c] = factor * planes[(i / area * channels + c) * area + i % area]);
    }
    batch
}

#[test]
fn the_papers_renderer_and_its_ablations_are_those_of_the_reference() {
    let plain = Design { backbone: Backbone::Plain, width: 8, stem_halvings: 0, views: VIEWS, ..Design::PAPER };
    let designs = [
        ("paper", Design { backbone: Backbone::R50, stem_halvings: 1, ..plain }),
        ("flow", Design { collaborates: false, ..plain }),
        ("once", Design { backbone: Backbone::R34, warps: false, rounds: 1, ..plain }),
        ("silent", Design { rounds: 0, ..plain }),
        ("joint", Design { backbone: Backbone::R34, ..plain }),
        ("apart", plain),
    ];
    let (fixture, pool) = (Npz::open("cinn.npz"), Pool::default());
    for (name, design) in designs {
        let joint = ["joint", "apart"].contains(&name);
        let net = LearningNet::new(if joint { both(&design, name == "joint") } else { renderer(&design) });
        let values = values(&net);
        let drawings = by_rule("drawings", SHEETS * VIEWS * 4 * SIZE * SIZE);
        let pictures = joint.then(|| batch(&by_rule("pictures", SHEETS * VIEWS * 4 * SIZE * SIZE), 4, 1.0, &pool));
        let channels = if design.collaborates { 4 } else { 4 * VIEWS };
        let target = batch(&by_rule("target", SHEETS * 4 * SIZE * SIZE), 4, 1.0, &pool);
        let inputs = [batch(&drawings, channels, 1.0, &pool)].into_iter().chain(pictures).chain([target]);
        let run = net.run(&values, inputs, &pool);
        let off = |which: usize, channels: usize, expected: &str| {
            let expected = fixture.array::<f32>(&format!("{name}_{expected}")).1;
            let half = SIZE / 2;
            let pixel = |i: usize| {
                let [x, y, c] = [i % half, i / half % half, i / (half * half) % channels];
                run.result(which).pixel(i / (half * half * channels), 2 * y + 1, 2 * x)[c]
            };
            assert_eq!(expected.len(), SHEETS * channels * half * half);
            expected.iter().enumerate().map(|(i, expected)| (pixel(i) - expected).abs()).fold(0f32, f32::max)
        };
        let away = off(if joint { result::COLOURS } else { 0 }, 3, "picture");
        let away = if joint { away.max(off(result::MEAN, 4, "mean")) } else { away };
        let upstream = by_rule("upstream", SHEETS * 3 * SIZE * SIZE);
        let by = batch(&upstream, 3, 1.0 / upstream.len() as f32, &pool);
        let mut gradients = vec![0.0; net.len()];
        let each = by_rule("upstream/each", SHEETS * VIEWS * 4 * SIZE * SIZE);
        let by_each = joint.then(|| batch(&each, 4, 1.0 / each.len() as f32, &pool));
        let of_results = if joint { vec![by_each, None, Some(by)] } else { vec![Some(by)] };
        drop(net.back(&values, run, of_results, &mut gradients, &pool));
        let mut parameters: Vec<&Parameter> = net.parameters().iter().collect();
        parameters.sort_by(|a, b| a.name.cmp(&b.name));
        let [lengths, along, counts] =
            ["lengths", "along", "names"].map(|what| fixture.array::<f32>(&format!("{name}_{what}")).1);
        assert_eq!([parameters.len() as f32, net.len() as f32], counts[..]);
        let mut slope_away = 0f64;
        for (parameter, (length, along)) in parameters.iter().zip(lengths.iter().zip(&along)) {
            let ours = &gradients[parameter.at.clone()];
            let rule = by_rule(&format!("along/{}", parameter.name), ours.len());
            let ours_along: f64 = ours.iter().zip(&rule).map(|(g, r)| f64::from(g * r)).sum();
            let ours_length = ours.iter().map(|g| f64::from(*g).powi(2)).sum::<f64>().sqrt();
            let off = (ours_along - f64::from(*along)).abs().max((ours_length - f64::from(*length)).abs());
            let off = off / f64::from(*length).max(1e-7);
            assert!(
                off < 5e-3,
                "{name}, {}: {ours_along} for {along}, {ours_length} long for {length}",
                parameter.name
            );
            slope_away = slope_away.max(off);
        }
        println!("{name}: {away:.1e} at most, slopes {slope_away:.1e} of their length");
        // Batch norms of few pixels magnify what single precision loses, by no more than this on other processors, either;
        // with the kernels of AVX-512 it is 8e-5.
        assert!(away <= 2e-4, "{name} is off by {away}");
    }
}

/// A net's values as variables on a device, by their names.
fn variables(net: &LearningNet, values: &[f32], device: &Device) -> BTreeMap<String, Var> {
    let of = |p: &Parameter| {
        let tensor = Tensor::from_slice(&values[p.at.clone()], &p.shape[..], device).unwrap();
        (p.name.clone(), Var::from_tensor(&tensor).unwrap())
    };
    net.parameters().iter().map(of).collect()
}

/// The same net as it learns on candle's tensors.
fn on_tensors(net: Net, variables: &BTreeMap<String, Var>, device: &Device) -> TensorNet {
    let tensors = variables.iter().map(|(name, var)| (name.clone(), var.as_tensor().clone())).collect();
    TensorNet::learning(net, &VarBuilder::from_tensors(tensors, DType::F32, device)).unwrap()
}

/// The paper's renderer with a detector on the card, where this build can use one that answers, else on candle's tensors on the
/// processor: what is painted, found and learned is what the kernels make of it.
#[test]
fn graphics_cards_learn_as_the_kernels_do() {
    let design = Design { backbone: Backbone::R34, width: 8, stem_halvings: 0, views: VIEWS, ..Design::PAPER };
    // Batch norms of few pixels magnify what single precision loses on both sides; and the slope of a flow jumps where it crosses
    // from pixel to pixel: of the thousands here, rounding moves one or two.
    for (warps, off) in [(false, 0.05), (true, 0.3)] {
        learns_as_the_kernels_do(&Design { warps, ..design }, off);
    }
}

fn learns_as_the_kernels_do(design: &Design, most_off: f64) {
    let (device, pool) = (DeviceChoice::Auto.open().unwrap(), Pool::default());
    let of = || both(design, true);
    let net = LearningNet::new(of());
    let values = values(&net);
    let pictures = |name: &str, n: usize, channels: usize| (by_rule(name, n * channels * SIZE * SIZE), n, channels);
    let given = [
        pictures("drawings", SHEETS * VIEWS, 4),
        pictures("pictures", SHEETS * VIEWS, 4),
        pictures("target", SHEETS, 4),
    ];
    let upstream = [pictures("upstream/each", SHEETS * VIEWS, 4), pictures("upstream", SHEETS, 3)];
    let tensor =
        |(planes, n, c): &(Vec<f32>, usize, usize)| Tensor::from_slice(planes, (*n, *c, SIZE, SIZE), &device).unwrap();
    let numbers = |tensor: &Tensor| tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap();

    let variables = variables(&net, &values, &device);
    let inputs = given.each_ref().map(tensor);
    let theirs = on_tensors(of(), &variables, &device).forward(&inputs.each_ref()).unwrap();
    let [by_each, by_colours] = upstream.each_ref().map(tensor);
    let loss = |which: usize, by: &Tensor| (&theirs[which] * by).unwrap().mean_all().unwrap();
    let loss = (loss(result::EACH, &by_each) + loss(result::COLOURS, &by_colours)).unwrap();
    let slopes = loss.backward().unwrap();

    let run = net.run(&values, given.iter().map(|(planes, _, c)| batch(planes, *c, 1.0, &pool)), &pool);
    let painted = numbers(&theirs[result::COLOURS].permute((0, 2, 3, 1)).unwrap());
    let pixel = |i: usize| run.result(result::COLOURS).pixel(i / (SIZE * SIZE), i / SIZE % SIZE, i % SIZE).to_vec();
    let ours = (0..SHEETS * SIZE * SIZE).flat_map(pixel);
    assert!(ours.zip(&painted).all(|(a, b)| (a - b).abs() < 1e-3), "on {device:?}");
    let [by_each, by_colours] =
        upstream.map(|(planes, _, c)| Some(batch(&planes, c, 1.0 / planes.len() as f32, &pool)));
    let mut gradients = vec![0.0; net.len()];
    drop(net.back(&values, run, vec![by_each, None, by_colours], &mut gradients, &pool));
    let length = |of: &mut dyn Iterator<Item = f32>| of.map(|v| f64::from(v).powi(2)).sum::<f64>().sqrt();
    for parameter in net.parameters() {
        let theirs = numbers(slopes.get(&variables[&parameter.name]).unwrap());
        let off = length(&mut gradients[parameter.at.clone()].iter().zip(&theirs).map(|(a, b)| a - b));
        let long = length(&mut theirs.iter().copied());
        assert!(off < most_off * long.max(1e-7), "{} on {device:?}: off by {off} of {long}", parameter.name);
    }
}

/// A step of the paper's own renderer at its full size on a card, where this build can use one that answers.
#[test]
#[ignore = "takes a graphics card, see CONTRIBUTING.md"]
fn the_papers_renderer_learns_on_a_card() {
    let device = DeviceChoice::Auto.open().unwrap();
    if device.is_cpu() {
        return println!("skipped: {}", DeviceChoice::Auto.describe_choice());
    }
    let of = || renderer(&Design::PAPER);
    let net = LearningNet::new(of());
    let variables = variables(&net, &values(&net), &device);
    let tensors = on_tensors(of(), &variables, &device);
    let mut learner = AdamW::new_lr(variables.values().cloned().collect(), 5e-4).unwrap();
    let [drawings, target, truth] =
        [(24, 4), (6, 4), (6, 3)].map(|(n, c)| Tensor::rand(0f32, 1.0, (n, c, 128, 128), &device).unwrap());
    let off = || {
        let painted = tensors.forward(&[&drawings, &target]).unwrap().remove(0);
        (painted - &truth).unwrap().abs().unwrap().mean_all().unwrap()
    };
    let mut losses = vec![];
    for _ in 0..3 {
        let begun = std::time::Instant::now();
        let loss = off();
        learner.backward_step(&loss).unwrap();
        losses.push(loss.to_scalar::<f32>().unwrap());
        println!("{losses:?}, {:.2} s", begun.elapsed().as_secs_f64());
    }
    assert!(losses[2] < losses[0]);
}

/// A step of the paper's own renderer: 128², six sheets of four drawings, ResNet-50.
#[test]
#[ignore = "takes a minute and up to 24 GiB of memory, see CONTRIBUTING.md"]
fn the_papers_renderer_learns_at_its_full_size() {
    let (study, side) = (Study { design: Design::PAPER, ..Study::default() }, 128usize);
    let settings = Settings { graph: Taught::Cinn, study, ..Settings::default() };
    let pixels = |count: usize| (0..count).map(move |i| (i % 97) as f32 / 97.0);
    let plane = || pixels(side * side).map(|v| [v, 1.0 - v, 0.5, 1.0]).collect::<Vec<_>>();
    let lesson = CinnLesson {
        size_px: side,
        views: 4,
        drawings: vec![plane(); 24],
        wanted: vec![plane(); 6],
        colours: vec![pixels(side * side).map(|v| [v, 0.5, 1.0 - v]).collect(); 6],
        pasted: vec![],
    };
    let mut course = Collaborating::new(study);
    let mut state = course.fresh(1);
    for _ in 0..2 {
        let begun = std::time::Instant::now();
        let (losses, length) = course.learn(&mut state, &lesson, &settings).unwrap();
        println!("{losses:?}, gradient {length}, {:.1} s", begun.elapsed().as_secs_f64());
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    println!("{:.1} GiB at most", peak.unwrap_or(0) as f64 / (1 << 20) as f64);
    assert!(peak.is_none_or(|kib| kib < 24 << 20));
}

/// Which drawing comes first is nobody's business, and there may be other numbers of them than while it learned.
#[test]
fn drawings_come_in_any_order_and_number() {
    let design = Design { width: 4, backbone: Backbone::Plain, ..Design::default() };
    let (net, pool) = (LearningNet::new(renderer(&design)), Pool::default());
    let values = values(&net);
    let drawings = by_rule("drawings", 3 * 4 * SIZE * SIZE);
    let of = |order: &[usize]| {
        let planes: Vec<f32> =
            order.iter().flat_map(|view| drawings[view * 4 * SIZE * SIZE..][..4 * SIZE * SIZE].to_vec()).collect();
        let target = batch(&by_rule("target", 4 * SIZE * SIZE), 4, 1.0, &pool);
        let run = net.run(&values, [batch(&planes, 4, 1.0, &pool), target], &pool);
        (0..SIZE * SIZE).flat_map(|i| run.result(0).pixel(0, i / SIZE, i % SIZE).to_vec()).collect::<Vec<f32>>()
    };
    let off = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    let three = of(&[0, 1, 2]);
    assert!(off(&three, &of(&[2, 0, 1])) < 1e-5);
    assert!(off(&of(&[0]), &of(&[0, 0])) < 1e-5, "twice the same drawing says no more");
    assert!(off(&three, &of(&[0])) > 1e-3);
}
