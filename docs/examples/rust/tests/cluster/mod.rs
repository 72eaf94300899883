//! A Pod's view of a cluster, by `inpod start --json`; the server ends with the value.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use serde_json::Value;

pub struct Cluster {
    process: Child,
    started: Value,
}

impl Cluster {
    pub fn start(manifests: &str) -> Self {
        let mut process = Command::new("inpod")
            .args(["start", "--json", "--filename", manifests])
            .stdout(Stdio::piped())
            .spawn()
            .expect("inpod is on the PATH");
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let started = serde_json::from_str(&line).expect("inpod starts, or says why not");
        Self { process, started }
    }

    fn text(&self, pointer: &str) -> &str {
        self.started
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap()
    }

    /// As the administrator, to prepare things.
    pub async fn admin(&self) -> Client {
        self.client(Kubeconfig::read_from(self.text("/kubeconfig")).unwrap())
            .await
    }

    /// As the Pod; what `Client::try_default` gives in a cluster.
    pub async fn in_pod(&self) -> Client {
        let mut kubeconfig = Kubeconfig::read_from(self.text("/kubeconfig")).unwrap();
        let account = format!(
            "{}/var/run/secrets/kubernetes.io/serviceaccount",
            self.text("/podRoot")
        );
        let user = kubeconfig.auth_infos[0].auth_info.as_mut().unwrap();
        user.token = None;
        user.token_file = Some(format!("{account}/token"));
        self.client(kubeconfig).await
    }

    async fn client(&self, kubeconfig: Kubeconfig) -> Client {
        let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default())
            .await
            .unwrap();
        Client::try_from(config).unwrap()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = Command::new("kill")
            .arg(self.process.id().to_string())
            .status();
        let _ = self.process.wait();
    }
}
