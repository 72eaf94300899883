package clients;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.net.InetAddress;
import java.time.Duration;

/** fabric8's informer, over WebSockets, and its leader election. */
public final class Fabric8Informer {
  private Fabric8Informer() {}

  public static void main(String[] arguments) throws Exception {
    Steps.limit(Soak.LIMIT_SECONDS);
    var client = new KubernetesClientBuilder().build();
    client.configMaps().inform(new ResourceEventHandler<ConfigMap>() {
      @Override
      public void onAdd(ConfigMap added) {
        saw("ADDED", added);
      }

      @Override
      public void onUpdate(ConfigMap before, ConfigMap updated) {
        saw("MODIFIED", updated);
      }

      @Override
      public void onDelete(ConfigMap deleted, boolean finalStateUnknown) {
        saw("DELETED", deleted);
      }
    });
    var config = new LeaderElectionConfigBuilder()
        .withName("soak")
        .withLock(new LeaseLock(client.getNamespace(), "soak", InetAddress.getLocalHost().getHostName()))
        .withLeaseDuration(Duration.ofSeconds(15)).withRenewDeadline(Duration.ofSeconds(10)).withRetryPeriod(Duration.ofSeconds(2))
        .withLeaderCallbacks(new LeaderCallbacks(() -> Soak.led("LEADING"), () -> Soak.led("STOPPED"), leader -> {}))
        .build();
    client.leaderElector().withConfig(config).build().run();
    Thread.currentThread().join();
  }

  private static void saw(String event, ConfigMap seen) {
    var metadata = seen.getMetadata();
    var value = seen.getData() == null ? null : seen.getData().get("value");
    Soak.saw(event, metadata.getName(), value, metadata.getResourceVersion());
  }
}
