//! The kernels for NVIDIA cards, compiled for the processor, against the ones for processors: their formulas can be
//! tested where there is no card. Skipped where there is no C++ compiler.

use candle_core::{Device, Result, Tensor, Var};
use settei::nn;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

struct Host {
    program: PathBuf,
    _folder: tempfile::TempDir,
}

impl Host {
    /// Compiles the kernels; `None` without a compiler.
    fn compile() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let (root, program) = (Path::new(env!("CARGO_MANIFEST_DIR")), folder.path().join("kernels"));
        let mut compile = Command::new("c++");
        compile.args(["-O1", "-w", "-x", "c++", "-I"]).arg(root.join("shaders"));
        let said = compile.arg(root.join("tests/rooms/cuda_source/host.cpp")).arg("-o").arg(&program).output();
        let Ok(said) = said else {
            println!("skipped: no C++ compiler (c++) to try the CUDA kernels with");
            return None;
        };
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        Some(Self { program, _folder: folder })
    }

    fn call(&self, kernel: &str, values: usize, count: usize, sizes: &[usize], inputs: &[&Tensor]) -> Vec<f32> {
        let list = |values: &[usize]| values.iter().map(|v| format!("{v} ")).collect::<String>();
        let flat: Vec<Vec<f32>> = inputs.iter().map(|x| x.flatten_all().unwrap().to_vec1().unwrap()).collect();
        let lengths: Vec<usize> = flat.iter().map(Vec::len).collect();
        let mut text =
            format!("{kernel} {values} {count} {} {} {} {}", sizes.len(), list(sizes), lengths.len(), list(&lengths));
        flat.iter().flatten().for_each(|value| text += &format!("{value} "));
        let mut child = Command::new(&self.program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
        let said = child.wait_with_output().unwrap();
        writer.join().unwrap().unwrap();
        assert!(said.status.success(), "{kernel} ended with {}", said.status);
        String::from_utf8(said.stdout).unwrap().lines().map(|line| line.parse().unwrap()).collect()
    }
}

fn values(dims: &[usize], size: f64, seed: u32) -> Tensor {
    let mut state = seed.wrapping_mul(2_654_435_761);
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (f64::from(state >> 8) / f64::from(1 << 23) - 1.0) * size
    };
    let values: Vec<f32> = (0..dims.iter().product()).map(|_| next() as f32).collect();
    Tensor::from_vec(values, dims, &Device::Cpu).unwrap()
}

#[track_caller]
fn assert_near(what: &str, card: &[f32], processor: &Tensor) {
    let processor: Vec<f32> = processor.flatten_all().unwrap().to_vec1().unwrap();
    assert_eq!(card.len(), processor.len(), "{what}");
    for (i, (a, b)) in card.iter().zip(&processor).enumerate() {
        assert!((a - b).abs() <= 1e-4 * (1.0 + b.abs()), "{what}: {a} instead of {b} at {i}");
    }
}

/// The result of `op` and its gradients, from a gradient of `upstream`.
fn with_gradients(op: impl Fn(&[Var]) -> Result<Tensor>, args: &[&Tensor], upstream: &Tensor) -> (Tensor, Vec<Tensor>) {
    let vars: Vec<Var> = args.iter().map(|a| Var::from_tensor(a).unwrap()).collect();
    let result = op(&vars).unwrap();
    let store = (&result * upstream).unwrap().sum_all().unwrap().backward().unwrap();
    (result, vars.iter().map(|v| store.get(v).unwrap().clone()).collect())
}

#[test]
fn one_value_at_a_time() {
    let Some(host) = Host::compile() else { return };
    let (n, c, h, w) = (2, 6, 5, 7);
    let x = values(&[n, c, h, w], 2.0, 1);
    let (gain, bias) = (values(&[c], 1.0, 2), values(&[c], 1.0, 3));
    let all = n * c * h * w;
    let card = host.call("prelu", all, all, &[c, h * w], &[&x, &gain]);
    assert_near("prelu", &card, &nn::prelu(&x, &gain).unwrap());
    let card = host.call("instance_norm", all, n * c, &[c, h * w], &[&x, &gain, &bias]);
    assert_near("instance norm", &card, &nn::instance_norm(&x, &gain, &bias).unwrap());
    for mask_c in [1, c] {
        let mask = values(&[n, mask_c, h, w], 1.0, 4);
        let card = host.call("consensus", c * h * w, c * h * w, &[n, mask_c, c, h * w], &[&mask, &x]);
        assert_near("consensus", &card, &nn::consensus(&mask, &x, n).unwrap());
    }
}

#[test]
fn moved_and_resized_pictures() {
    let Some(host) = Host::compile() else { return };
    let (n, c, groups, h, w) = (2, 6, 3, 5, 7);
    let all = n * c * h * w;
    let (x, flow, upstream) =
        (values(&[n, c, h, w], 1.0, 5), values(&[n, 2 * groups, h, w], 4.0, 6), values(&[n, c, h, w], 1.0, 7));
    let (warped, gradients) = with_gradients(|a| nn::warp(&a[0], &a[1]), &[&x, &flow], &upstream);
    let sizes = [c, groups, h, w];
    assert_near("warp", &host.call("warp", all, all, &sizes, &[&x, &flow]), &warped);
    assert_near("warp, by x", &host.call("warp_gradient", all, all, &sizes, &[&upstream, &flow]), &gradients[0]);
    let of_flow = flow.elem_count();
    let card = host.call("warp_flow_gradient", of_flow, of_flow, &sizes, &[&upstream, &x, &flow]);
    assert_near("warp, by the flow", &card, &gradients[1]);

    for (to_h, to_w) in [(10, 14), (3, 4), (1, 20)] {
        let upstream = values(&[n, c, to_h, to_w], 1.0, 8);
        let (resized, gradients) = with_gradients(|a| nn::lerp(&a[0], to_h, to_w), &[&x], &upstream);
        let (sizes, to) = ([h, w, to_h, to_w], n * c * to_h * to_w);
        assert_near("lerp", &host.call("lerp", to, to, &sizes, &[&x]), &resized);
        assert_near("lerp, by x", &host.call("lerp_gradient", all, to, &sizes, &[&upstream]), &gradients[0]);
    }
}

#[test]
fn convolutions_by_matrices() {
    let Some(host) = Host::compile() else { return };
    let (c, h, w) = (3, 6, 9);
    let x = values(&[1, c, h, w], 1.0, 9);
    for (k, stride, pad) in [(1, 2, 0), (3, 1, 1), (3, 2, 1), (4, 2, 1), (7, 2, 3)] {
        let (rows, columns) = ((h + 2 * pad - k) / stride + 1, (w + 2 * pad - k) / stride + 1);
        let (sizes, cells) = ([h, w, rows, columns, k, stride, pad], c * k * k * rows * columns);
        let matrix = host.call("unfold", cells, cells, &sizes, &[&x]);
        let matrix = Tensor::from_vec(matrix, (c * k * k, rows * columns), &Device::Cpu).unwrap();
        let weight = values(&[4, c, k, k], 1.0, 10);
        let product = weight.reshape((4, c * k * k)).unwrap().matmul(&matrix).unwrap();
        let product: Vec<f32> = product.flatten_all().unwrap().to_vec1().unwrap();
        assert_near("unfold", &product, &nn::conv2d(&x, &weight, None, stride, pad).unwrap());
    }
    let weight = values(&[c, 4, 4, 4], 1.0, 11);
    let matrix = weight.reshape((c, 64)).unwrap().t().unwrap().matmul(&x.reshape((c, h * w)).unwrap()).unwrap();
    let (sizes, doubled) = ([2 * h, 2 * w, h, w, 4, 2, 1], 4 * 4 * h * w);
    let card = host.call("fold", doubled, doubled, &sizes, &[&matrix]);
    assert_near("fold", &card, &nn::conv_transpose2d_4x4_s2(&x, &weight, None).unwrap());
}
