import OCI
import Stackerfile

extension HealthCheck {
    /// What stacker.yaml says, as the configuration of an image says it.
    init(_ recipe: HealthCheckRecipe) {
        self.init(test: recipe.test)
        interval = recipe.interval
        timeout = recipe.timeout
        startPeriod = recipe.startPeriod
        startInterval = recipe.startInterval
        retries = recipe.retries
    }
}
