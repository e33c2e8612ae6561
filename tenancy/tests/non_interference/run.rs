//! The steps, and what a difference looks like.

use crate::dice::Dice;
use crate::side::Outcome;
use std::collections::BTreeMap;
use std::{env, fmt};

/// After so many steps all rows are drawn anew, and with them the scope, which lives for a minute.
const ROUND: u64 = 75;

#[derive(Clone, Copy)]
pub(crate) struct Settings {
    seed: u64,
    queries: u64,
}

impl Settings {
    pub(crate) fn from_environment() -> Self {
        let number = |name: &str, otherwise| match env::var(name) {
            Ok(text) => text.replace('_', "").parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")),
            Err(_) => otherwise,
        };
        Self { seed: number("TENANCY_PROPERTY_SEED", 20_260_101), queries: number("TENANCY_PROPERTY_QUERIES", 2_000) }
    }

    /// For a database or a purpose that takes its time.
    pub(crate) fn fewer(self) -> Self {
        Self { queries: (self.queries / 50).clamp(400, 2_000), ..self }
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TENANCY_PROPERTY_SEED={} TENANCY_PROPERTY_QUERIES={}", self.seed, self.queries)
    }
}

/// What both sides said and gave.
pub(crate) struct Both {
    pub(crate) said: [String; 2],
    pub(crate) outcomes: [Outcome; 2],
    /// What the readers of rendered SQL say: a statement that does not carry the organization wherever it has to, or that
    /// no single node could answer.
    pub(crate) unscoped: Option<String>,
    pub(crate) carried: usize,
}

/// Every row after a step.
pub(crate) struct Rows {
    pub(crate) own: Vec<String>,
    pub(crate) alone: Vec<String>,
    pub(crate) foreign: Vec<String>,
}

/// Two databases and the two ways to them.
pub(crate) trait Databases {
    fn shapes(&self) -> &'static [&'static str];
    /// Draws all rows anew.
    async fn fill(&mut self, dice: &mut Dice);
    /// Reads all rows, without `tenancy`.
    async fn rows(&mut self) -> Rows;
    /// Runs these steps on both sides until `judge` has seen enough.
    async fn steps(&mut self, steps: &[Step], judge: &mut dyn FnMut(&Step, Both, Rows) -> bool);
}

/// A shape and the dice that fall for it.
pub(crate) struct Step {
    pub(crate) number: u64,
    pub(crate) shape: &'static str,
    pub(crate) dice: Dice,
}

/// What ran.
pub(crate) struct Tally {
    settings: Settings,
    shapes: &'static [&'static str],
    ran: BTreeMap<&'static str, [u64; 3]>,
    carried: usize,
}

impl Tally {
    /// Each shape ran and, in a run that is long enough to ask, answered with rows: two empty answers are alike too.
    pub(crate) fn assert_every_shape_ran(&self) {
        for shape in self.shapes {
            let [ran, answered, rows] = self.ran.get(shape).copied().unwrap_or_default();
            assert!(ran > 0, "{shape} did not run");
            assert!(ran < 20 || rows > 0, "{shape}: ran {ran} times, {answered} without failing, {rows} with rows");
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sum = |place: usize| self.ran.values().map(|counts| counts[place]).sum::<u64>();
        writeln!(
            f,
            "{}: {} operations of {} shapes alike, {} of them with rows, {} failures alike; {} tables carried \
                     the organization",
            self.settings,
            sum(0),
            self.ran.len(),
            sum(2),
            sum(0) - sum(1),
            self.carried
        )?;
        for (shape, [ran, answered, with_rows]) in &self.ran {
            writeln!(f, "  {shape}: {ran} ran, {answered} answered, {with_rows} with rows")?;
        }
        Ok(())
    }
}

/// Runs all steps.
///
/// # Errors
/// The first difference.
pub(crate) async fn run(settings: Settings, mut databases: impl Databases) -> Result<Tally, String> {
    let shapes = databases.shapes();
    let mut tally = Tally { settings, shapes, ran: BTreeMap::new(), carried: 0 };
    let mut first = 0;
    while first < settings.queries {
        let steps = round(settings, shapes, first);
        databases.fill(&mut Dice::of(settings.seed, u64::MAX - first)).await;
        let (mut difference, foreign) = (None, databases.rows().await.foreign);
        databases
            .steps(&steps, &mut |step, both, rows| {
                difference = differs(&both, &rows, &foreign).map(|why| report(settings, step, &both, &why));
                tally.carried += both.carried;
                let counts = tally.ran.entry(step.shape).or_default();
                counts[0] += 1;
                counts[1] += u64::from(both.outcomes[0].is_ok());
                counts[2] +=
                    u64::from(both.outcomes[0].as_ref().is_ok_and(|rows| !rows.is_empty() && rows != &["0 rows"]));
                difference.is_none()
            })
            .await;
        if let Some(difference) = difference {
            return Err(difference);
        }
        first += ROUND;
    }
    Ok(tally)
}

/// The steps of one round: the shapes in random order, again and again, so that none is left out.
fn round(settings: Settings, shapes: &'static [&'static str], first: u64) -> Vec<Step> {
    let last = (first + ROUND).min(settings.queries);
    let step = |number: u64| {
        let (turn, place) = (number / shapes.len() as u64, number as usize % shapes.len());
        let mut order = shapes.to_vec();
        Dice::of(settings.seed, turn ^ (1 << 40)).shuffle(&mut order);
        Step { number, shape: order[place], dice: Dice::of(settings.seed, number) }
    };
    (first..last).map(step).collect()
}

fn differs(both: &Both, rows: &Rows, foreign: &[String]) -> Option<String> {
    let [many, one] = &both.outcomes;
    if let Some(unscoped) = &both.unscoped {
        return Some(format!("a statement is not bound to the organization: {unscoped}"));
    }
    if many != one {
        return Some(format!("among many: {many:?}\nalone:      {one:?}"));
    }
    if rows.foreign != foreign {
        return Some(format!("others' rows were changed: {}", changed(foreign, &rows.foreign)));
    }
    (rows.own != rows.alone).then(|| format!("A's rows differ afterwards: {}", changed(&rows.alone, &rows.own)))
}

fn changed(before: &[String], after: &[String]) -> String {
    let only =
        |left: &[String], right: &[String]| left.iter().filter(|row| !right.contains(row)).cloned().collect::<Vec<_>>();
    format!("gone {:?}, new {:?}", only(before, after), only(after, before))
}

fn report(settings: Settings, step: &Step, both: &Both, why: &str) -> String {
    let [many, one] = &both.said;
    format!(
        "step {} ({}) differs\n{why}\namong many: {many}\nalone:      {one}\nagain with: {settings}",
        step.number, step.shape
    )
}

/// The shapes that never differ, each tried until it does, on rows that are drawn anew each time.
pub(crate) async fn not_found_out(settings: Settings, mut databases: impl Databases) -> Vec<&'static str> {
    const TRIES: u64 = 200;
    let mut missed = Vec::new();
    for (place, shape) in databases.shapes().iter().enumerate() {
        let first = place as u64 * TRIES;
        let mut differed = false;
        for number in first..first + TRIES {
            databases.fill(&mut Dice::of(settings.seed, u64::MAX - number)).await;
            let foreign = databases.rows().await.foreign;
            let step = Step { number, shape, dice: Dice::of(settings.seed, number) };
            databases
                .steps(&[step], &mut |_, both, rows| {
                    differed = differs(&both, &rows, &foreign).is_some();
                    true
                })
                .await;
            if differed {
                break;
            }
        }
        if !differed {
            missed.push(*shape);
        }
    }
    missed
}
