/** Where Google serves the API of Cloud Storage. @see https://cloud.google.com/storage/docs/json_api */
export const storageApi = "https://www.googleapis.com";
