//! Random parameters. One step's dice are rolled twice, once a side, and fall alike.

/// The dice of one step.
#[derive(Clone)]
pub(crate) struct Dice(fastrand::Rng);

impl Dice {
    pub(crate) fn of(seed: u64, step: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed.rotate_left(17) ^ step.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    /// One of `0..sides`.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0.usize(..sides)
    }

    pub(crate) fn flip(&mut self) -> bool {
        self.0.bool()
    }

    pub(crate) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())]
    }

    pub(crate) fn shuffle<T>(&mut self, all: &mut [T]) {
        self.0.shuffle(all);
    }

    /// A key of any table: few enough that every organization has most of them.
    pub(crate) fn id(&mut self) -> i32 {
        self.0.i32(1..=12)
    }

    pub(crate) fn amount(&mut self) -> i32 {
        self.0.i32(0..6) * 50
    }

    pub(crate) fn quantity(&mut self) -> i32 {
        self.0.i32(0..5)
    }

    pub(crate) fn name(&mut self) -> &'static str {
        self.one(&["Ada", "Bob", "Cyd", "Dan"])
    }

    pub(crate) fn memo(&mut self) -> Option<&'static str> {
        self.one(&[None, Some("late"), Some("paid")])
    }

    pub(crate) fn currency(&mut self) -> &'static str {
        self.one(&["EUR", "CHF", "SEK"])
    }

    pub(crate) fn ids(&mut self) -> Vec<i32> {
        (0..self.roll(4)).map(|_| self.id()).collect()
    }
}
