//! The keys that a gateway process holds, and when each may sign.

use super::rotation::Rotation;
use std::sync::Arc;
use tenancy::__private::{LEEWAY, MAX_LIFETIME};
use tenancy::scope::{GrantSigner, PublicKey, SignerError};
use tenancy_service::__private::StatedKey;

/// How long a key is trusted after its last signature, in seconds: as long as a grant may live, by either clock.
const AFTER: u64 = MAX_LIFETIME + 2 * LEEWAY;

/// A key of this process.
#[derive(Clone)]
pub(super) struct KeySlot {
    public: PublicKey,
    /// Until another key takes its turn. Then the secret is gone, and what it signed is good for a while.
    signer: Option<Arc<GrantSigner>>,
    /// It signs from here on.
    from: u64,
    /// Services trust it until here.
    until: u64,
}

impl KeySlot {
    /// A new key that signs from `from` on.
    pub(super) fn fresh(plan: &Rotation, from: u64) -> Result<Self, SignerError> {
        let signer = GrantSigner::generate(&*plan.issuer)?;
        // Twice its turn, for when its successor comes late.
        let until = from + 2 * plan.rotate + AFTER;
        Ok(Self { public: signer.public_key(), signer: Some(Arc::new(signer)), from, until })
    }

    fn may_sign(&self, now: u64) -> bool {
        self.from <= now && now + AFTER <= self.until
    }
}

/// The key that signs at `now`: the newest whose turn has come.
pub(super) fn signing(keys: &[KeySlot], now: u64) -> Option<&Arc<GrantSigner>> {
    let ready = keys.iter().filter(|key| key.may_sign(now));
    ready
        .filter_map(|key| Some((key.from, key.signer.as_ref()?)))
        .max_by_key(|(from, _)| *from)
        .map(|(_, signer)| signer)
}

/// When the first key that is held, or the next one, may sign.
pub(super) fn ready_at(keys: &[KeySlot]) -> Option<u64> {
    keys.iter().filter(|key| key.signer.is_some()).map(|key| key.from).min()
}

/// The keys as they should be at `now`: secrets whose turn is over are dropped, and the next key is there early enough to be
/// published for `plan.lead` before it signs.
pub(super) fn turned(keys: &[KeySlot], plan: &Rotation, now: u64) -> Result<Vec<KeySlot>, SignerError> {
    let mut keys: Vec<KeySlot> = keys.iter().filter(|key| now < key.until).cloned().collect();
    if let Some(newest) = keys.iter().filter(|key| key.may_sign(now)).map(|key| key.from).max() {
        for key in keys.iter_mut().filter(|key| key.from < newest && key.signer.is_some()) {
            key.signer = None;
            key.until = key.until.min(now + AFTER);
        }
    }
    // Only keys with a secret have a turn to come.
    match keys.iter().filter(|key| key.signer.is_some()).map(|key| key.from).max() {
        Some(last) if now + 2 * plan.lead < last + plan.rotate => {}
        Some(last) => keys.push(KeySlot::fresh(plan, (last + plan.rotate).max(now + plan.lead))?),
        None => keys.push(KeySlot::fresh(plan, now + plan.lead)?),
    }
    Ok(keys)
}

/// What services are told of them.
pub(super) fn stated(keys: &[KeySlot], audiences: &[String]) -> Vec<StatedKey> {
    let stated = |key: &KeySlot| StatedKey {
        key: key.public.to_string(),
        aud: audiences.to_vec(),
        nbf: key.from,
        naf: key.until,
    };
    keys.iter().map(stated).collect()
}
