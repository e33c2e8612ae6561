//! From arguments to a service that answers.

use crate::front::Front;
use crate::permissions::{Permissions, RoleError};
use crate::statements::Statements;
use crate::web::{self, Books};
use crate::{Args, Part, Running, StartError, places, secrets, split};
use tenancy_secrets::Secrets;

/// Starts the service, or the part of it that the arguments say.
///
/// # Errors
/// [`StartError`]: it does not start by half.
pub async fn start(args: Args) -> Result<Running, StartError> {
    safe(&args)?;
    let secrets = secrets::sources(&args).await?;
    match args.split.part() {
        Part::Whole => whole(&args, &secrets).await,
        Part::Gateway => split::gateway(&args, &secrets).await,
        Part::Service => split::service(&args, &secrets).await,
    }
}

/// Gateway and service in one process.
async fn whole(args: &Args, secrets: &Secrets) -> Result<Running, StartError> {
    let (tables, shelf) = places::both(args, secrets).await?;
    let front = Front::open(args, secrets, &tables).await?;
    let (ledger, permissions) = shelf.open(front.gateway().authority()).await?;
    let books = Books { ledger, permissions: permissions.clone(), statements: Statements::default() };
    let needs = shelf.needs(&books.ledger);
    let mut running = front.serve(args, secrets, web::pages(books), needs).await?;
    roles(args, &running, &permissions).await.map_err(|error| StartError::Roles(error.into()))?;
    (running.shelf, running.tables) = (Some(shelf), Some(tables));
    Ok(running)
}

/// Roles that the service gives at its start, because an organization without an owner has no person who could give any.
async fn roles(args: &Args, running: &Running, permissions: &Permissions) -> Result<(), RoleError> {
    if let Some(issuer) = running.provider() {
        permissions.of_the_demonstration(issuer).await?;
    }
    for owner in &args.add_owner {
        permissions.make_owner(&running.issuer, &owner.subject, &owner.organization).await?;
    }
    Ok(())
}

/// Beyond loopback browsers come by TLS, and so do grants; and only this machine's users reach the provider at which any
/// visitor can sign in as any user.
fn safe(args: &Args) -> Result<(), StartError> {
    let (tls, loopback, address) = (args.tls_certificate.is_some(), args.listen.ip().is_loopback(), args.listen);
    if args.split.service {
        if tls || loopback {
            return Ok(());
        }
        return Err(StartError::Usage(format!(
            "{address} is reached from elsewhere, and grants cross no network in the clear: say --tls-certificate and, to \
             let the gateway in alone, --clients-ca"
        )));
    }
    let url = args.public_url.as_deref();
    let secure = url.map_or(tls, |url| url.starts_with("https://"));
    if !secure && (tls || !loopback) {
        return Err(StartError::Usage(format!(
            "{address} is reached from elsewhere, or speaks TLS: say --public-url https://…, and without --tls-certificate \
             put a proxy that ends TLS in front"
        )));
    }
    let local = url.is_none_or(|url| url.starts_with("http://localhost:") || url.starts_with("https://localhost:"));
    if args.oidc.oidc_issuer.is_none() && !(loopback && local) {
        return Err(StartError::Usage(
            "the development provider lets any visitor sign in as any user: it serves localhost alone; say --oidc-issuer".to_owned(),
        ));
    }
    Ok(())
}
