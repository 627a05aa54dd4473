// A page with a list that can be refetched and read on, as Relay's compiler wants it.
graphql`
  query TaskPageQuery($filter: TaskFilter, $count: Int = 20) {
    viewer {
      name
      role
    }
    ...TaskPage_tasks @arguments(filter: $filter, count: $count)
  }
`;

graphql`
  fragment TaskPage_tasks on Query
  @refetchable(queryName: "TaskPageTasksQuery")
  @argumentDefinitions(
    filter: { type: "TaskFilter" }
    count: { type: "Int", defaultValue: 20 }
    cursor: { type: "String" }
  ) {
    tasks(filter: $filter, orderBy: OLDEST, first: $count, after: $cursor)
      @connection(key: "TaskPage_tasks", filters: ["filter", "orderBy"]) {
      edges {
        node {
          id
          ...TaskView_task
        }
      }
      totalCount
      totalCountExact
    }
  }
`;
