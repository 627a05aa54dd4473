// A task that refetches itself through `node`, is watched, and is cancelled.
graphql`
  fragment TaskView_task on Task @refetchable(queryName: "TaskViewRefetchQuery") {
    description
    status
    progress
    steps {
      ...StepView_step
    }
    version
  }
`;

graphql`
  fragment StepView_step on Step {
    description
    contents {
      id
      message
      status
      progress
    }
  }
`;

graphql`
  subscription TaskViewProgressSubscription($id: ID!) {
    taskProgress(id: $id) {
      ...TaskView_task
    }
  }
`;

graphql`
  subscription TaskViewEventsSubscription($id: ID!, $after: String) {
    taskEvents(id: $id, after: $after) {
      cursor
      events {
        __typename
        version
        ... on TaskStatusChanged {
          to
        }
      }
      gap {
        reason
        task {
          ...TaskView_task
        }
      }
    }
  }
`;

graphql`
  mutation TaskViewCancelMutation($input: ControlTaskInput!) {
    cancelTask(input: $input) {
      task {
        ...TaskView_task
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`;
