//! Which columns have the scope's organization for certain.

/// A column that holds organizations, somewhere in the statement.
pub(super) type Node = usize;

/// The organization of the scope itself.
pub(super) const SCOPE: Node = 0;

/// Columns and what bounds them. `from` bounds `to`: every row that is read of `to` has an organization of `from`'s.
pub(super) struct Classes {
    nodes: usize,
    bounds: Vec<(Node, Node)>,
    /// Each mention of an organization table: its organization column, and its name.
    tables: Vec<(Node, String)>,
}

impl Classes {
    pub(super) fn new() -> Self {
        Self { nodes: 1, bounds: Vec::new(), tables: Vec::new() }
    }

    pub(super) fn column(&mut self) -> Node {
        self.nodes += 1;
        self.nodes - 1
    }

    pub(super) fn table(&mut self, name: &str) -> Node {
        let node = self.column();
        self.tables.push((node, name.to_owned()));
        node
    }

    pub(super) fn bound(&mut self, to: Node, from: Node) {
        self.bounds.push((from, to));
    }

    /// The tables, once a mention.
    ///
    /// # Errors
    /// The table of the first mention outside of the scope's class.
    pub(super) fn all_in_scope(&self) -> Result<Vec<String>, String> {
        let mut in_scope = vec![false; self.nodes];
        in_scope[SCOPE] = true;
        // As many rounds as there are columns reach every one.
        for _ in 0..self.nodes {
            for &(from, to) in &self.bounds {
                in_scope[to] |= in_scope[from];
            }
        }
        match self.tables.iter().find(|(node, _)| !in_scope[*node]) {
            Some((_, name)) => Err(name.clone()),
            None => Ok(self.tables.iter().map(|(_, name)| name.clone()).collect()),
        }
    }
}
