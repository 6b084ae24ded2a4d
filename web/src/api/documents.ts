import { call, newKey, send } from "./http";
import type { Page, Reason } from "./chats";
import type { components } from "./schema";

/** Calls about files, folders, articles, albums and the feed, typed by the platform's own description. */

type Schemas = components["schemas"];
export type Place = Schemas["Place"];
export type PlaceKind = Place["kind"];
export type StoredFile = Schemas["File"];
export type FileDetails = Schemas["FileDetails"];
export type Folder = Schemas["Folder"];
export type Listing = Schemas["Listing"];
export type Uploaded = Schemas["Upload"];
export type Span = Schemas["Span"];
export type Article = Schemas["Article"];
export type ArticleDetails = Schemas["ArticleDetails"];
export type Block = ArticleDetails["blocks"][number];
export type Album = Schemas["Album"];
export type AlbumDetails = Schemas["AlbumDetails"];
export type Likes = Schemas["Likes"];
export type Comment = Schemas["Comment"];
export type Comments = Schemas["Comments"];
export type FeedItem = Schemas["FeedItem"];

export interface Posts<T> extends Page<T> {
  may_post: boolean;
}

const at = encodeURIComponent;

function search(values: Record<string, string | number | boolean | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== "" && value !== false) query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `?${text}` : "";
}

/** The address below which a place's things stand. */
const of = ({ kind, id }: Pick<Place, "kind" | "id">): string =>
  kind === "own" ? "/me" : `/${kind === "school" ? "schools" : "classes"}/${at(id ?? "")}`;

export interface Shelf {
  kind: PlaceKind;
  id: string | null;
}

export interface ListingWish {
  section?: "documents" | "videos";
  folder_id?: string | null;
  q?: string;
  trash?: boolean;
  cursor?: string | null;
  limit?: number;
}

export const fetchListing = (place: Shelf, wish: ListingWish): Promise<Listing> =>
  call("GET", `${of(place)}/files${search({ ...wish })}`);

export async function makeFolder(place: Shelf, name: string, parent: string | null, key = newKey()): Promise<Folder> {
  return (await send<Folder>("POST", `${of(place)}/folders`, { body: { name, parent_id: parent }, key })).data;
}

export const editFolder = (id: string, body: { name?: string; parent_id?: string | null }): Promise<Folder> =>
  call("PATCH", `/folders/${at(id)}`, body);
export const trashFolder = (id: string): Promise<void> => call("DELETE", `/folders/${at(id)}`);
export const restoreFolder = (id: string): Promise<Folder> => call("POST", `/folders/${at(id)}/restore`);

export const fetchFile = (id: string): Promise<FileDetails> => call("GET", `/files/${at(id)}`);

/** Files by their ids; those that are gone, or not for this reader, are missing in the answer. */
export async function fetchFiles(ids: readonly string[]): Promise<StoredFile[]> {
  return (await call<{ items: StoredFile[] }>("GET", `/files${search({ ids: ids.join(",") })}`)).items;
}

export const editFile = (id: string, body: { name?: string; folder_id?: string | null; caption?: string }): Promise<StoredFile> =>
  call("PATCH", `/files/${at(id)}`, body);
export const trashFile = (id: string): Promise<void> => call("DELETE", `/files/${at(id)}`);
export const restoreFile = (id: string): Promise<StoredFile> => call("POST", `/files/${at(id)}/restore`);

export async function copyFile(id: string, to: Shelf, folder: string | null, section = "documents"): Promise<StoredFile> {
  const body = { to: to.kind, id: to.id, section, folder_id: folder };
  return (await send<StoredFile>("POST", `/files/${at(id)}/copies`, { body, key: newKey() })).data;
}

export const emptyTrash = (place: Shelf): Promise<void> => call("DELETE", `${of(place)}/trash`);
export const fetchUpload = (id: string): Promise<Uploaded> => call("GET", `/uploads/${at(id)}`);

export const fetchArticles = (place: Shelf, drafts: boolean, cursor: string | null): Promise<Posts<Article>> =>
  call("GET", `${of(place)}/articles${search({ drafts, cursor })}`);

export async function makeArticle(place: Shelf, title: string, blocks: Block[], key: string): Promise<Versioned<ArticleDetails>> {
  const { data, etag } = await send<ArticleDetails>("POST", `${of(place)}/articles`, { body: { title, blocks }, key });
  return { data, etag: etag ?? `"${data.version}"` };
}

export interface Versioned<T> {
  data: T;
  etag: string;
}

export async function fetchArticle(id: string): Promise<Versioned<ArticleDetails>> {
  const { data, etag } = await send<ArticleDetails>("GET", `/articles/${at(id)}`);
  return { data, etag: etag ?? `"${data.version}"` };
}

export async function editArticle(id: string, etag: string, body: { title: string; blocks: Block[] }): Promise<Versioned<ArticleDetails>> {
  const { data, etag: next } = await send<ArticleDetails>("PATCH", `/articles/${at(id)}`, { body, etag });
  return { data, etag: next ?? `"${data.version}"` };
}

export const publishArticle = (id: string): Promise<ArticleDetails> => call("POST", `/articles/${at(id)}/publish`);
export const withdrawArticle = (id: string): Promise<ArticleDetails> => call("POST", `/articles/${at(id)}/withdraw`);
export const deleteArticle = (id: string): Promise<void> => call("DELETE", `/articles/${at(id)}`);
export const likeArticle = (id: string, liked: boolean): Promise<Likes> => call(liked ? "PUT" : "DELETE", `/articles/${at(id)}/like`);

const comments = (article: string): string => `/articles/${at(article)}/comments`;
export const fetchComments = (article: string, limit: number, cursor: string | null = null): Promise<Comments> =>
  call("GET", `${comments(article)}${search({ limit, cursor })}`);
export const addComment = (article: string, clientId: string, text: string): Promise<Comment> =>
  call("POST", comments(article), { client_id: clientId, text });
export const deleteComment = (article: string, id: string): Promise<void> => call("DELETE", `${comments(article)}/${at(id)}`);
export const reportComment = (article: string, id: string, reason: Reason, note: string): Promise<void> =>
  call("POST", `${comments(article)}/${at(id)}/report`, note ? { reason, note } : { reason });

export async function makeAlbum(place: Shelf, title: string, about: string, key: string): Promise<AlbumDetails> {
  return (await send<AlbumDetails>("POST", `${of(place)}/albums`, { body: { title, about }, key })).data;
}

export const fetchAlbum = (id: string): Promise<AlbumDetails> => call("GET", `/albums/${at(id)}`);
export const editAlbum = (id: string, body: { title?: string; about?: string; order?: string[] }): Promise<AlbumDetails> =>
  call("PATCH", `/albums/${at(id)}`, body);
export const deleteAlbum = (id: string): Promise<void> => call("DELETE", `/albums/${at(id)}`);
export const likeAlbum = (id: string, liked: boolean): Promise<Likes> => call(liked ? "PUT" : "DELETE", `/albums/${at(id)}/like`);
export const addToAlbum = (id: string, file: string): Promise<StoredFile> => call("POST", `/albums/${at(id)}/files`, { file_id: file });

export const fetchFeed = (place: Shelf, cursor: string | null): Promise<Posts<FeedItem>> =>
  call("GET", `${of(place)}/feed${search({ cursor, limit: 20 })}`);
