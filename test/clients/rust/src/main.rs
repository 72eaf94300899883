//! kube with `Client::try_default`, and its watcher.

use std::error::Error;
use std::time::Duration;

use futures::{StreamExt, pin_mut};
use k8s_openapi::api::core::v1::{ConfigMap, Pod};
use kube::api::{DeleteParams, ListParams, PostParams};
use kube::runtime::watcher::{self, Event};
use kube::{Api, Client, ResourceExt};
use serde_json::{Value, json};

const NAME: &str = "kube-rs";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    tokio::time::timeout(Duration::from_secs(30), run()).await?
}

async fn run() -> Result<(), Box<dyn Error>> {
    let client = Client::try_default().await?;
    let pods: Api<Pod> = Api::default_namespaced(client.clone());
    let listed = pods.list(&ListParams::default()).await;
    report("list-pods", listed.map(|list| json!({ "count": list.items.len() })));

    let config_maps: Api<ConfigMap> = Api::default_namespaced(client);
    let mut config_map: ConfigMap = serde_json::from_value(json!({ "metadata": { "name": NAME }, "data": { "value": "one" } }))?;
    let created = config_maps.create(&PostParams::default(), &config_map).await;
    if let Ok(created) = &created {
        config_map = created.clone();
    }
    report("create-configmap", created.map(|_| json!({})));
    config_map.data.get_or_insert_default().insert("value".into(), "two".into());
    let update = async {
        let updated = config_maps.replace(NAME, &PostParams::default(), &config_map).await;
        report("update-configmap", updated.map(|_| json!({})));
    };
    watch(config_maps.clone(), update).await;
    let deleted = config_maps.delete(NAME, &DeleteParams::default()).await;
    report("delete-configmap", deleted.map(|_| json!({})));
    Ok(())
}

/// Makes the change once the watcher has its first list, and ends when it sees it, or at the first error: the watcher itself would
/// try again for ever.
async fn watch(config_maps: Api<ConfigMap>, change: impl Future<Output = ()>) {
    let events = watcher::watcher(config_maps, watcher::Config::default());
    pin_mut!(events, change);
    while let Some(event) = events.next().await {
        match event {
            Ok(Event::InitDone) => (&mut change).await,
            Ok(Event::Apply(object)) if object.name_any() == NAME => {
                let value = object.data.unwrap_or_default().remove("value");
                return report("watch-configmaps", Ok(json!({ "event": "APPLY", "name": NAME, "value": value })));
            }
            Ok(_) => {}
            Err(watcher::Error::InitialListFailed(error) | watcher::Error::WatchStartFailed(error)) => {
                report("watch-configmaps", Err(error));
                return change.await;
            }
            Err(error) => return println!("{}", json!({ "step": "watch-configmaps", "ok": false, "message": error.to_string() })),
        }
    }
}

fn report(step: &str, result: Result<Value, kube::Error>) {
    let mut line = json!({ "step": step, "ok": result.is_ok() });
    match result {
        Ok(facts) => line.as_object_mut().unwrap().extend(facts.as_object().unwrap().clone()),
        Err(kube::Error::Api(status)) => {
            line["status"] = json!(status.code);
            line["message"] = json!(status.message);
        }
        Err(error) => line["message"] = json!(error.to_string()),
    }
    println!("{line}");
}
