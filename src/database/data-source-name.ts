/** What the data source is called, so that it is never taken for one of an application that has the service in it. */
export const DATA_SOURCE = 'gatehouse';
