//! A program that runs in a Pod.

use k8s_openapi::api::core::v1::Pod;
use kube::api::ListParams;
use kube::{Api, Client, ResourceExt};

pub async fn names(client: Client, namespace: &str) -> kube::Result<Vec<String>> {
    let pods: Api<Pod> = Api::namespaced(client, namespace);
    Ok(pods
        .list(&ListParams::default())
        .await?
        .items
        .iter()
        .map(|pod| pod.name_any())
        .collect())
}
