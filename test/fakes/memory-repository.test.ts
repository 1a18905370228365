import { repositoryContract } from '../contracts/repository.ts';
import { memoryRepository } from './memory-repository.ts';

repositoryContract('the fake', memoryRepository);
