import { post } from './api';

const path = '/api/session';

export async function signIn(pin: string): Promise<boolean> {
	const answer = await post(path, { pin });
	return answer.ok;
}

export const greeting = 'Welcome home';
