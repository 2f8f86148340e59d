//! What the table's numbers are of, said beside them.

use super::InventTable;
use crate::experiments::spread::over_seeds;

impl InventTable {
    /// What the numbers are of.
    pub fn caption(&self) -> String {
        let own = self.real.as_ref().and_then(|real| {
            let [near, far] = ["pck_05", "pck_10"].map(|measure| real.mean(measure));
            near.zip(far)
        });
        let own = own.map_or_else(
            || "what it finds in real pictures is not measured yet".to_owned(),
            |(near, far)| format!("in real pictures of characters held out it finds {near:.3} and {far:.3}"),
        );
        let Self { compared, cast: [identities, frames], .. } = self;
        format!(
            "PSGAN beside the same networks without pose maps (Progressive GAN) and PG² (the paper, section 3.4, which has \
             pictures alone). {about}; {seeds}. All learn from the same generated characters in the same poses and order, as \
             many pictures each; what is measured is an average of the last steps. {compared} pictures in poses held out are \
             compared with as many real ones of characters held out. PCK: the share of the body's points that are found again \
             within 0.05 and 0.1 of its height (the longer side of the box around its points) from where they were asked for, \
             by a regressor that learned from real pictures; {own}. Fréchet distance, precision and recall (k = 3) are of the \
             mean features of Settei's own detector, not of Inception: such numbers compare within this table alone. \
             Diversity: the mean difference of colours between characters in one pose. Sharpness: the mean Laplacian of light, \
             in thousandths. Clothes: how far histograms of colours are apart, 0 to 1, of one character over a sequence of \
             {frames} poses and of {identities} characters in one pose. Progressive GAN is told no pose: it has no sequence. PG² \
             is given a picture of somebody else of those held out in another pose, in place of a latent; it is a simple form of \
             it: a convolution a scale instead of residual blocks, PSGAN's channels, maps of single pixels, a pose mask of discs \
             around the points, leaky ReLUs, no norms; half of all steps learn the first stage, L1 counts 1 in the second.",
            about = self.about,
            seeds = over_seeds(self.seeds),
        )
    }
}
