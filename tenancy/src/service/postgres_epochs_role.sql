-- What a role may read that only compares epochs. Run as the owner of the gateway's tables; the role is called `epochs` here.
GRANT SELECT (id, issuer, subject, epoch, disabled) ON gateway_users TO epochs;
GRANT SELECT (id, epoch, state) ON gateway_organizations TO epochs;
GRANT SELECT (user_id, org_id) ON gateway_memberships TO epochs;
