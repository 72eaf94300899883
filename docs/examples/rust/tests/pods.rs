mod cluster;

use cluster::Cluster;
use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use kube::api::PostParams;
use serde_json::json;

const MANIFESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../pod-reader.yaml");

#[tokio::test]
async fn lists_pods() {
    let cluster = Cluster::start(MANIFESTS);
    let pods: Api<Pod> = Api::namespaced(cluster.admin().await, "default");
    let spec = json!({ "containers": [{ "name": "app", "image": "app" }] });
    let mine =
        serde_json::from_value(json!({ "metadata": { "name": "mine" }, "spec": spec })).unwrap();
    pods.create(&PostParams::default(), &mine).await.unwrap();
    assert_eq!(
        pods::names(cluster.in_pod().await, "default")
            .await
            .unwrap(),
        ["mine", "web"]
    );
}

#[tokio::test]
async fn may_not_look_elsewhere() {
    let cluster = Cluster::start(MANIFESTS);
    let refused = pods::names(cluster.in_pod().await, "kube-system").await;
    assert!(matches!(refused, Err(kube::Error::Api(status)) if status.code == 403));
}
