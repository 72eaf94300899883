package example;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.File;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A Pod's view of a cluster, by `inpod start --json`: one server for a class of tests, which each test finds as it was at first. For fabric8,
 * whose settings can be given as system properties.
 */
public final class Cluster implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {
  /** What `inpod start --json` prints. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Started(String server, String caFile, String kubeconfig, String podRoot) {}

  private final String manifests;
  private Process process;
  private Started started;

  public Cluster(String manifests) {
    this.manifests = manifests;
  }

  /** As the administrator, to prepare things. */
  public KubernetesClient admin() {
    return new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(new File(started.kubeconfig()))).build();
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    process = new ProcessBuilder("inpod", "start", "--json", "--filename", manifests).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    var line = process.inputReader().readLine();
    if (line == null) throw new IllegalStateException("inpod did not start; it has said why");
    started = Serialization.unmarshal(line, Started.class);
    inPod().forEach(System::setProperty);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    try (var admin = admin()) {
      admin.raw("/inpod/v1/reset", "POST", null);
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    if (started != null) inPod().keySet().forEach(System::clearProperty);
    if (process == null) return;
    process.destroy();
    process.waitFor();
  }

  private Map<String, String> inPod() {
    return Map.of(
        "kubernetes.master", started.server(),
        "kubernetes.certs.ca.file", started.caFile(),
        "kubernetes.auth.serviceAccount.token", started.podRoot() + "/var/run/secrets/kubernetes.io/serviceaccount/token",
        "kubernetes.auth.tryKubeConfig", "false");
  }
}
