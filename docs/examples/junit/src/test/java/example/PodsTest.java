package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PodsTest {
  @RegisterExtension
  static final Cluster cluster = new Cluster("../pod-reader.yaml");

  @Test
  void listsPods() {
    var pod = new PodBuilder().withNewMetadata().withName("mine").endMetadata();
    var mine = pod.withNewSpec().addNewContainer().withName("app").withImage("app").endContainer().endSpec().build();
    try (var admin = cluster.admin()) {
      admin.pods().inNamespace("default").resource(mine).create();
    }
    assertEquals(List.of("mine", "web"), Pods.names("default"));
  }

  @Test
  void seesNothingOfOtherTests() {
    assertEquals(List.of("web"), Pods.names("default"));
  }

  @Test
  void mayNotLookElsewhere() {
    var refused = assertThrows(KubernetesClientException.class, () -> Pods.names("kube-system"));
    assertEquals(403, refused.getCode());
  }
}
