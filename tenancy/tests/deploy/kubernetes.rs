//! The manifests: structure without a schema. No cluster has seen them.

use crate::documents::{folder, yaml};
use serde_json::Value;
use std::collections::BTreeSet;
use tenancy_secrets::{Scheme, SecretRef};

const BASE: &str = "kubernetes/base";

fn one(path: &str) -> Value {
    let mut documents = yaml(path);
    assert_eq!(documents.len(), 1, "{path}");
    documents.remove(0)
}

fn strings<'a>(values: &'a Value, key: &str) -> Vec<&'a str> {
    let list = values.as_array().unwrap_or_else(|| panic!("no list: {values}"));
    list.iter().map(|value| value[key].as_str().unwrap_or_else(|| panic!("no `{key}`: {value}"))).collect()
}

/// Every file of a folder is named by its kustomization, is of the namespace, and holds no secret.
#[test]
fn every_manifest_is_used_and_holds_no_secret() {
    for variant in ["base", "external-secrets", "secrets-store-csi"] {
        let place = format!("kubernetes/{variant}");
        let kustomization = one(&format!("{place}/kustomization.yaml"));
        let mut named: BTreeSet<_> = ["resources", "patches"]
            .iter()
            .flat_map(|list| kustomization[list].as_array().cloned().unwrap_or_default())
            .filter_map(|entry| Some(entry.as_str().or(entry["path"].as_str())?.to_owned()))
            .collect();
        named.remove("../base");
        named.insert("kustomization.yaml".to_owned());
        let there = std::fs::read_dir(folder().join(&place)).expect("a folder").flatten();
        let there: BTreeSet<_> = there.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        assert_eq!(named, there, "{place}");
        for file in there.iter().filter(|file| *file != "kustomization.yaml") {
            for document in yaml(&format!("{place}/{file}")) {
                let namespace = document["metadata"]["namespace"].as_str().or(document["metadata"]["name"].as_str());
                assert_eq!(namespace, Some("billing"), "{place}/{file}");
                assert_ne!(document["kind"], "Secret", "a manifest holds references, never a Secret: {file}");
                no_inline_secret(&document, file);
            }
        }
    }
}

fn no_inline_secret(value: &Value, file: &str) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                assert!(
                    !["stringData", "subPath", "hostPath", "hostNetwork", "privileged"].contains(&key.as_str()),
                    "{file}: {key}"
                );
                // The environment is fixed at the start and shown by every tool: volumes only.
                assert!(!["env", "envFrom"].contains(&key.as_str()), "{file}: {key}");
                no_inline_secret(value, file);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| no_inline_secret(value, file)),
        Value::String(text) => assert!(!text.contains("PRIVATE KEY") && !text.contains("tenancy1."), "{file}: {text}"),
        _ => {}
    }
}

/// What the container is told, `--argument=value`; of those that stand alone the value is empty.
fn arguments(pod: &Value) -> Vec<(String, String)> {
    let arguments = pod["containers"][0]["args"].as_array().expect("arguments");
    let words = arguments.iter().map(|argument| argument.as_str().expect("text"));
    words
        .map(|word| word.split_once('=').unwrap_or((word, "")))
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

#[test]
fn a_container_may_do_nothing_but_serve() {
    let deployment = one(&format!("{BASE}/deployment.yaml"));
    let pod = &deployment["spec"]["template"]["spec"];
    let context = &pod["securityContext"];
    assert_eq!(context["runAsNonRoot"], true);
    assert!(context["runAsUser"].as_u64() > Some(0) && context["fsGroup"].as_u64() > Some(0));
    assert_eq!(context["seccompProfile"]["type"], "RuntimeDefault");
    assert_eq!(pod["automountServiceAccountToken"], false);
    for container in pod["containers"].as_array().expect("containers") {
        let context = &container["securityContext"];
        assert_eq!(context["allowPrivilegeEscalation"], false);
        assert_eq!(context["readOnlyRootFilesystem"], true);
        assert_eq!(context["capabilities"]["drop"], serde_json::json!(["ALL"]));
        assert!(container["image"].as_str().expect("an image").contains("@sha256:"));
        for mount in container["volumeMounts"].as_array().expect("mounts") {
            assert_eq!(mount["readOnly"], true, "{mount}");
        }
    }
}

/// What the configuration refers to is what the volumes bring, with modes that `tenancy_secrets` accepts; in each variant.
#[test]
fn every_reference_leads_to_a_key_that_somebody_writes() {
    let deployment = one(&format!("{BASE}/deployment.yaml"));
    let pod = &deployment["spec"]["template"]["spec"];
    // A certificate is no secret, so its argument is a path; all else that leads to a file is a reference.
    let references: Vec<_> = arguments(pod)
        .into_iter()
        .filter_map(|(argument, value)| {
            let reference = if value.starts_with('/') { format!("file:{value}") } else { value };
            Some((argument, reference.parse::<SecretRef>().ok()?))
        })
        .collect();
    assert!(references.len() >= 8);
    let mounts = pod["containers"][0]["volumeMounts"].as_array().expect("mounts");
    let mut wanted = BTreeSet::new();
    for (field, reference) in &references {
        assert_eq!(reference.scheme(), Scheme::File, "{field}");
        let path = reference.name();
        let (folder, file) = path.rsplit_once('/').expect("a path");
        let mount = mounts.iter().find(|mount| mount["mountPath"] == folder).unwrap_or_else(|| panic!("{path}"));
        if mount["name"] == "secrets" {
            wanted.insert(file.to_owned());
        }
    }
    let external = one("kubernetes/external-secrets/external-secret.yaml");
    let written: BTreeSet<_> = strings(&external["spec"]["data"], "secretKey").into_iter().map(str::to_owned).collect();
    assert_eq!(wanted, written, "External Secrets");
    assert_eq!(external["spec"]["target"]["name"], "billing");

    let provider = one("kubernetes/secrets-store-csi/secret-provider.yaml");
    let objects = provider["spec"]["parameters"]["objects"].as_str().expect("objects");
    let objects: Value = serde_saphyr::from_str(objects).expect("YAML in YAML");
    let written: BTreeSet<_> = strings(&objects, "objectName").into_iter().map(str::to_owned).collect();
    assert_eq!(wanted, written, "the CSI driver");
    for permission in objects.as_array().expect("a list") {
        assert!(permission["filePermission"].to_string().contains("440"), "{permission}");
    }
    for volume in pod["volumes"].as_array().expect("volumes") {
        let kinds = ["secret", "projected"].iter().map(|kind| &volume[kind]).filter(|kind| !kind.is_null());
        kinds.for_each(|kind| assert_eq!(kind["defaultMode"], 0o400, "{volume}"));
    }
}

/// What selects and what is selected, what is named and what is meant.
#[test]
fn the_parts_find_each_other() {
    let deployment = one(&format!("{BASE}/deployment.yaml"));
    let labels = &deployment["spec"]["template"]["metadata"]["labels"];
    let pod = &deployment["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    let ports: BTreeSet<_> = strings(&container["ports"], "name").into_iter().collect();
    for (name, argument) in [("https", "--listen"), ("internal", "--internal-listen")] {
        let port = container["ports"].as_array().expect("ports").iter().find(|port| port["name"] == name).expect(name);
        let told = arguments(pod).into_iter().find(|(one, _)| one == argument).expect(argument).1;
        assert_eq!(told, format!("0.0.0.0:{}", port["containerPort"]), "{argument}");
    }
    for probe in ["readinessProbe", "livenessProbe"] {
        let asked = &container[probe]["httpGet"];
        assert_eq!(asked["port"], "internal");
        let source = "../examples/billing/src/web/mod.rs";
        let source =
            std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(source)).expect(source);
        let route = format!(".route(\"{}\", get", asked["path"].as_str().expect("a path"));
        assert!(source.contains(&route), "{probe}: the service has no {route}");
    }
    assert_eq!(&deployment["spec"]["selector"]["matchLabels"], labels);
    assert_eq!(&one(&format!("{BASE}/disruption-budget.yaml"))["spec"]["selector"]["matchLabels"], labels);
    assert_eq!(pod["serviceAccountName"], one(&format!("{BASE}/service-account.yaml"))["metadata"]["name"]);

    let service = one(&format!("{BASE}/service.yaml"));
    assert_eq!(&service["spec"]["selector"], labels);
    // Probes and metrics are not served by the public name.
    assert_eq!(strings(&service["spec"]["ports"], "targetPort"), ["https"]);

    let policies = yaml(&format!("{BASE}/network-policy.yaml"));
    let [deny, billing] = &policies[..] else { panic!("two policies") };
    assert_eq!((&deny["spec"]["podSelector"], &deny["spec"]["ingress"]), (&serde_json::json!({}), &Value::Null));
    assert_eq!(&billing["spec"]["podSelector"]["matchLabels"], labels);
    for policy in &policies {
        assert_eq!(policy["spec"]["policyTypes"], serde_json::json!(["Ingress", "Egress"]));
    }
    for rule in billing["spec"]["ingress"].as_array().expect("rules") {
        assert!(!rule["from"].as_array().expect("from somewhere").is_empty());
        strings(&rule["ports"], "port").into_iter().for_each(|port| assert!(ports.contains(port), "{port}"));
    }
    let certificate = one(&format!("{BASE}/certificate.yaml"));
    let public = arguments(pod).into_iter().find(|(argument, _)| argument == "--public-url").expect("--public-url").1;
    assert_eq!(certificate["spec"]["dnsNames"][0], public.trim_start_matches("https://"));
    let volumes = pod["volumes"].as_array().expect("volumes");
    assert!(volumes.iter().any(|volume| volume["secret"]["secretName"] == certificate["spec"]["secretName"]));
    let patch = one("kubernetes/secrets-store-csi/deployment-patch.yaml");
    let volume = &patch["spec"]["template"]["spec"]["volumes"][0];
    assert_eq!((&volume["name"], &volume["secret"]), (&Value::from("secrets"), &Value::Null));
    assert_eq!(volume["csi"]["volumeAttributes"]["secretProviderClass"], "billing");
}
