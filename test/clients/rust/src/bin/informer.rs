//! kube's watcher with its default backoff: prints what it sees of ConfigMaps, until it sees the last of them.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

use futures::{StreamExt, pin_mut};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Event};
use kube::{Api, Client, ResourceExt};
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let limit = std::env::var("SOAK_LIMIT_SECONDS")?.parse()?;
    tokio::time::timeout(Duration::from_secs(limit), run()).await?
}

async fn run() -> Result<(), Box<dyn Error>> {
    let config_maps: Api<ConfigMap> = Api::default_namespaced(Client::try_default().await?);
    let events = watcher::watcher(config_maps, watcher::Config::default()).default_backoff();
    pin_mut!(events);
    let mut known = BTreeMap::new();
    let mut listed = BTreeMap::new();
    while let Some(event) = events.next().await {
        match event {
            Ok(Event::Init) => listed.clear(),
            Ok(Event::InitApply(object)) => {
                print(if known.contains_key(&object.name_any()) { "MODIFIED" } else { "ADDED" }, &object);
                listed.insert(object.name_any(), object);
            }
            // What was known and is not listed has gone meanwhile.
            Ok(Event::InitDone) => {
                known.retain(|name, object| listed.contains_key(name) || { print("DELETED", object); false });
                known.append(&mut listed);
            }
            Ok(Event::Apply(object)) => {
                print(if known.contains_key(&object.name_any()) { "MODIFIED" } else { "ADDED" }, &object);
                known.insert(object.name_any(), object);
            }
            Ok(Event::Delete(object)) => {
                print("DELETED", &object);
                known.remove(&object.name_any());
            }
            Err(error) => eprintln!("{error}"),
        }
        if known.contains_key("soak-end") {
            return Ok(());
        }
    }
    Err("the watcher ended".into())
}

fn print(event: &str, object: &ConfigMap) {
    if object.name_any().starts_with("soak-") {
        let value = object.data.as_ref().and_then(|data| data.get("value"));
        println!("{}", json!({ "event": event, "name": object.name_any(), "value": value, "version": object.resource_version() }));
    }
}
