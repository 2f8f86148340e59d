//! The experiments of the paper on PSGAN (Hamada et al. 2018, section 3) with numbers, where that has pictures alone: PSGAN
//! beside the same networks without pose maps (Progressive GAN) and beside PG², learned from the same characters in the same
//! poses, measured on others.
//!
//! ```text
//! OUT/experiment.json                  the budget: one a folder
//! OUT/runs/keypoints-s1/               the training of what finds keypoints: everybody is measured by it
//! OUT/runs/psgan-s1/                   a training's folder, as any other
//! OUT/results/psgan-s1-n0.json .png    what it is worth, and its first pictures; -sequence.png, -between.png: others
//! OUT/tables/psgan.md .csv .png        the table, and what its rows made; psgan-sequence.png, psgan-between.png
//! ```

mod budget;
mod caption;
mod gauge;
mod lab;
mod page;
mod worn;

pub use budget::Contestant;
pub use lab::InventLab;
pub use page::InventTable;
