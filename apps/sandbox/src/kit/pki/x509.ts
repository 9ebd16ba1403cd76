// @peculiar/x509 wants this polyfill to be there before it is loaded, whoever loads it first; so it is loaded here only.
import 'reflect-metadata';

export * from '@peculiar/x509';
